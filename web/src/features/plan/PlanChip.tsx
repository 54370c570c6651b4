// What the next render would do and cost, beside the Render button; opens the plan.
import { ChevronDown } from "lucide-react";
import { mayCost, priceText } from "@/engine/money";
import { planWork } from "@/engine/planSummary";
import { shortWait } from "@/engine/timecode";
import { cn } from "@/lib/cn";
import { usePlan } from "@/lib/queries";
import { useDocument, useProject } from "@/lib/store/document";
import { useSession } from "@/lib/store/session";
import { Popover } from "@/ui/Popover";
import { Spinner } from "@/ui/Spinner";
import { PlanPanel } from "./PlanPanel";

export function PlanChip() {
  const { id } = useProject();
  const plan = usePlan(id);
  const isOpen = useSession((state) => state.isPlanOpen);
  const isUnderWay = useDocument(({ save }) => save === "waiting" || save === "saving");
  const hasSegments = (plan.data?.segments.length ?? 0) > 0;
  const isChecking = plan.isFetching || isUnderWay;
  const trigger = (
    <button
      type="button"
      data-testid="plan-chip"
      title={plan.data && planWork(plan.data)}
      className="flex h-8 items-center justify-between gap-2 rounded-lg border border-line bg-raised pr-2 pl-3 text-xs transition-colors hover:border-line-strong hover:bg-hover data-[state=open]:border-line-strong data-[state=open]:bg-hover"
    >
      {plan.data ? (
        <span
          className={cn(
            "flex items-center gap-2 whitespace-nowrap transition-opacity",
            isChecking && "opacity-60",
          )}
        >
          {!plan.data.ready && hasSegments && (
            <span className="size-1.5 rounded-full bg-bad">
              <span className="sr-only">Problems: </span>
            </span>
          )}
          <span className={cn("font-medium", hasSegments && "lg:max-xl:sr-only")}>
            {planWork(plan.data)}
          </span>
          {hasSegments && (
            <>
              <span aria-hidden className="text-faint lg:max-xl:hidden">
                ·
              </span>
              <span className={mayCost(plan.data.price) ? "text-warn" : "text-good"}>
                {priceText(plan.data.price)}
              </span>
              <span className="text-faint">
                <span aria-hidden>· </span>
                {shortWait(plan.data.seconds)}
              </span>
            </>
          )}
        </span>
      ) : (
        <span className="text-muted">{plan.isError ? "No plan" : "Planning"}</span>
      )}
      {isChecking ? (
        <Spinner className="size-3.5 text-faint" />
      ) : (
        <ChevronDown aria-hidden className="size-3.5 text-faint" />
      )}
    </button>
  );
  return (
    <Popover
      label="Plan for the next render"
      trigger={trigger}
      command="film.plan"
      isOpen={isOpen}
      onOpenChange={(open) => useSession.setState({ isPlanOpen: open })}
      className="w-[26rem]"
    >
      <PlanPanel plan={plan.data} error={plan.error} onRetry={() => void plan.refetch()} />
    </Popover>
  );
}
