// What belongs to a segment's clip in the plan: pictures that are made for it first, and models that stand in.
import type { PlanSegment } from "@/api/types";
import { priceText } from "@/engine/money";
import { humanise } from "@/engine/paramForm";

type Picture = NonNullable<PlanSegment["pictures"]>[number];
type Fallback = NonNullable<PlanSegment["fallbacks"]>[number];

export function PlanExtras({ row }: { row: PlanSegment }) {
  return (
    <>
      {(row.pictures ?? []).map((picture) => (
        <Line
          key={picture.field}
          label={`${humanise(picture.field)} by ${picture.model}`}
          detail={pictureDetail(picture)}
          aside={picture.action === "generate" ? priceText(picture.price) : "kept"}
        />
      ))}
      {(row.fallbacks ?? []).map((fallback) => (
        <Line
          key={fallback.fingerprint}
          label={`If refused: ${fallback.model}`}
          detail={fallbackDetail(fallback)}
          aside={fallback.unavailable ? "passed over" : priceText(fallback.price)}
        />
      ))}
    </>
  );
}

function Line({ label, detail, aside }: { label: string; detail: string; aside: string }) {
  return (
    <span className="mt-1.5 grid grid-cols-[1fr_auto] gap-x-2.5 border-l-2 border-line pl-2.5 text-2xs">
      <span className="truncate text-muted">{label}</span>
      <span className="text-faint tabular-nums">{aside}</span>
      {detail && (
        <span className="col-span-2 line-clamp-2 text-faint first-letter:uppercase">{detail}</span>
      )}
    </span>
  );
}

const pictureDetail = ({ prompt, reason }: Picture) => `${reason.message}: ${prompt}`;

function fallbackDetail({ unavailable, lost = [], changed = [] }: Fallback): string {
  if (unavailable) return unavailable;
  const moved = changed.map((one) => `${plain(one.parameter)} becomes ${String(one.new)}`);
  const without = lost.map((one) => plain(one.parameter));
  return [...moved, ...(without.length > 0 ? [`without ${without.join(", ")}`] : [])].join("; ");
}

const plain = (name: string) => name.replaceAll("_", " ");
