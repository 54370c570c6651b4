// "Generate 3 changed": how many segments, for how much, before it is pressed.
import { RefreshCw } from "lucide-react";
import { generateChanged, secondsToStart } from "@/commands/generate";
import { useKeyText } from "@/commands/keySettings";
import { priceText } from "@/engine/money";
import { shortWait } from "@/engine/timecode";
import { Button } from "@/ui/Button";
import { Tooltip } from "@/ui/Tooltip";
import { useChanged } from "./useChanged";

export function GenerateButton() {
  const { plan, count } = useChanged();
  const keys = useKeyText("take.changed");
  if (plan === undefined || count === 0) return null;
  return (
    <Tooltip text="Make these clips now, without rendering the film" keys={keys}>
      <Button onClick={() => void generateChanged()} className="border-warn/50 text-warn">
        <RefreshCw />
        <span>
          <span className="lg:max-xl:sr-only">Generate </span>
          {count}
          <span className="max-xl:sr-only"> changed</span>
        </span>
        <span className="font-normal opacity-90">
          {priceText(plan.price)} · {shortWait(secondsToStart(plan))}
        </span>
      </Button>
    </Tooltip>
  );
}
