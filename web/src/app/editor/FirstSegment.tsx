// What an empty project shows in its middle.
import { SegmentComposer } from "@/features/segments/SegmentComposer";

export function FirstSegment() {
  return (
    <section aria-label="Start" className="flex h-full flex-col items-center justify-center px-8">
      <div className="w-full max-w-lg">
        <h2 className="text-center text-lg font-semibold tracking-tight">
          What does the first shot show?
        </h2>
        <p className="mt-1 mb-5 text-center text-muted">
          Say what happens, how it looks and how the camera moves. Or drop your own footage
          anywhere.
        </p>
        <SegmentComposer
          isLarge
          autoFocus
          label="Describe the first shot"
          placeholder="Neon rain on an empty crossing before dawn, slow dolly in"
        />
      </div>
    </section>
  );
}
