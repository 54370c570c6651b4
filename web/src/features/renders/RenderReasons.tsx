// Why a render made what it made, segment by segment; folded away until wanted.
import type { RenderJob } from "@/api/types";
import { Disclosure } from "@/ui/Disclosure";

export function RenderReasons({ work }: { work: RenderJob["work"] }) {
  if (work.named.length === 0) return null;
  const others = work.generated - work.named.length;
  return (
    <div className="pr-2 pb-1 pl-8.5">
      <Disclosure title="What was made anew">
        <ul className="flex flex-col gap-1 pb-1.5 pl-4.5 text-xs text-muted">
          {work.named.map((one) => (
            <li key={one.segment_id}>
              Segment {one.number} <span className="text-faint">{one.why}</span>
            </li>
          ))}
          {others > 0 && <li className="text-faint">and {others} more</li>}
        </ul>
      </Disclosure>
    </div>
  );
}
