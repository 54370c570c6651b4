// The end of a form that adds shots: what will be there, that nothing is spent yet, and the button.
import type { Model } from "@/api/types";
import type { Shot } from "@/engine/script/readScript";
import { Button } from "@/ui/Button";

interface AddShotsBarProps {
  shots: readonly Shot[];
  model: Model | undefined;
}

export function AddShotsBar({ shots, model }: AddShotsBarProps) {
  const count = shots.length === 1 ? "1 shot" : `${shots.length} shots`;
  return (
    <div className="flex items-center justify-between gap-4">
      <p className="min-w-0 text-left text-xs text-muted">
        {model ? `With ${model.title}, to be changed at any time. ` : ""}
        Nothing is generated yet.
      </p>
      <Button type="submit" look="primary" disabled={shots.length === 0}>
        {shots.length === 0 ? "Add shots" : `Add ${count}`}
      </Button>
    </div>
  );
}
