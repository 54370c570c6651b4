// What the render makes beside the main film: what each output is, and what there is to encode.
import type { Plan } from "@/api/types";
import { Badge } from "@/ui/Badge";

type Planned = Plan["outputs"][number];

export function PlanOutputs({ outputs }: { outputs: readonly Planned[] }) {
  if (outputs.length < 2) return null;
  return (
    <ul aria-label="Outputs" className="border-t border-line px-4 py-2 text-xs">
      {outputs.map((output) => (
        <li key={output.name} className="flex items-center gap-2 py-1">
          <span className="font-medium">{output.name}</span>
          <span className="min-w-0 flex-1 truncate text-faint tabular-nums">{picture(output)}</span>
          <span className="text-faint tabular-nums">{work(output)}</span>
          <Badge tone={output.is_unchanged ? "good" : "accent"}>
            {output.is_unchanged ? "Unchanged" : "Make"}
          </Badge>
        </li>
      ))}
    </ul>
  );
}

function picture({ width, height, fps, container, codec }: Planned): string {
  const coding = codec === null || codec === "h264" ? container : `${container} (${codec})`;
  return `${width}×${height}, ${fps} fps, ${coding}`;
}

function work({ is_unchanged, encode_seconds: all, shared_seconds: shared }: Planned): string {
  if (is_unchanged || all === 0) return "";
  const whole = `${all.toFixed(1)} s`;
  if (shared === 0) return whole;
  return shared < all ? `${whole}, ${shared.toFixed(1)} s of it shared` : `${whole}, shared`;
}
