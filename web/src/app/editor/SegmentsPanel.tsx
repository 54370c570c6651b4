// The left panel: the segments, and ways to add one.
import { SegmentComposer } from "@/features/segments/SegmentComposer";
import { SegmentList } from "@/features/segments/SegmentList";
import { UploadButton } from "@/features/upload/UploadButton";
import type { Upload } from "@/features/upload/useUpload";
import { useProject } from "@/lib/store/document";

interface SegmentsPanelProps {
  footage: { upload: Upload | null; send: (files: Iterable<File>) => Promise<void> };
}

export function SegmentsPanel({ footage }: SegmentsPanelProps) {
  const { segments } = useProject();
  return (
    <aside aria-label="Segments" className="flex h-full min-h-0 flex-col">
      <header className="flex h-11 shrink-0 items-center gap-2 pr-1.5 pl-4">
        <h2 className="font-semibold">Segments</h2>
        <span className="flex-1 text-xs text-faint tabular-nums">{segments.length || ""}</span>
        <UploadButton
          label="Own footage"
          look="quiet"
          isMultiple
          upload={footage.upload}
          onFiles={(files) => void footage.send(files)}
          className="h-7 px-2 text-xs"
        />
      </header>
      {segments.length > 0 ? (
        <>
          <SegmentList />
          <div className="border-t border-line p-3">
            <SegmentComposer label="Describe the next shot" />
          </div>
        </>
      ) : (
        <p className="px-4 text-xs text-faint">Your segments will stand here in order.</p>
      )}
    </aside>
  );
}
