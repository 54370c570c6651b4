// Stands in for a model and its form while the list of models is on its way, or did not come.
import { asProblem } from "@/api/problem";
import { LoadFailed } from "@/ui/LoadFailed";

interface ModelsAwayProps {
  /** Null while they are being fetched. */
  error: unknown;
  isFetching: boolean;
  onRetry: () => void;
}

export function ModelsAway({ error, isFetching, onRetry }: ModelsAwayProps) {
  if (error === null) return <Skeleton />;
  return (
    <LoadFailed
      title="The models could not be loaded"
      reason={asProblem(error).message}
      isBusy={isFetching}
      onRetry={onRetry}
    />
  );
}

const FIELDS = ["model", "first", "second"];

function Skeleton() {
  return (
    <div role="status" aria-label="Loading the models" className="flex flex-col gap-4">
      {FIELDS.map((field) => (
        <div key={field} className="flex flex-col gap-1.5">
          <div className="h-3.5 w-20 animate-shimmer rounded bg-raised" />
          <div className="h-8 animate-shimmer rounded-lg bg-raised" />
        </div>
      ))}
    </div>
  );
}
