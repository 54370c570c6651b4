// The Render button: says the price first, asks when it costs, shows progress while it runs.
import { ChevronDown, Clapperboard } from "lucide-react";
import { RENDER } from "@/commands/film";
import { useHandler } from "@/commands/handlers";
import { useKeyText } from "@/commands/keySettings";
import { openWindow } from "@/commands/windows";
import { cn } from "@/lib/cn";
import { usePlan, useRenders } from "@/lib/queries";
import { isRunning } from "@/lib/renderList";
import { useProject } from "@/lib/store/document";
import { Button } from "@/ui/Button";
import { Tooltip } from "@/ui/Tooltip";
import { AskRender } from "./AskRender";
import { RenderProgress } from "./RenderProgress";
import { useStartRender } from "./useStartRender";

export function RenderButton() {
  const { id } = useProject();
  const plan = usePlan(id).data;
  const isEmpty = plan === undefined || plan.segments.length === 0;
  const running = useRenders(id).data?.find(isRunning);
  const { begin, go, isStarting, question, dismiss } = useStartRender();
  const isReady = !isEmpty && !isStarting && running === undefined;
  useHandler(RENDER, isReady ? () => void begin(plan) : null);
  const deliverKeys = useKeyText("film.deliver");
  if (running) return <RenderProgress job={running} />;
  return (
    <>
      <div className="flex">
        <Button
          look="primary"
          disabled={isEmpty}
          isBusy={isStarting}
          onClick={() => plan && void begin(plan)}
          className="grow rounded-r-none"
        >
          {!isStarting && <Clapperboard />}
          Render
        </Button>
        <Tooltip text="Outputs and delivery" keys={deliverKeys}>
          <Button
            look={isEmpty ? "plain" : "primary"}
            aria-label="Outputs and delivery"
            onClick={() => openWindow("deliver")}
            className={cn("rounded-l-none px-1.5", !isEmpty && "border-l border-accent-ink/25")}
          >
            <ChevronDown />
          </Button>
        </Tooltip>
      </div>
      {question && (
        <AskRender question={question} onClose={dismiss} onGo={(agreed) => void go(agreed)} />
      )}
    </>
  );
}
