// The models that a shot falls back on where its own one refuses it, in order; none unless somebody says so.
import { X } from "lucide-react";
import type { Model, Params } from "@/api/types";
import { withParam } from "@/engine/paramForm";
import { findModel, useModels } from "@/lib/queries";
import { Button } from "@/ui/Button";
import { Select } from "@/ui/Select";
import { useFocusKept } from "@/ui/useFocusKept";

const MOST = 5;

interface FallbackModelsProps {
  params: Params;
  onChange: (params: Params) => void;
}

export function FallbackModels({ params, onChange }: FallbackModelsProps) {
  const { data: models = [] } = useModels();
  const listed: unknown[] = Array.isArray(params.fallbacks) ? params.fallbacks : [];
  const keep = (next: unknown[]) =>
    onChange(withParam(params, "fallbacks", next.length > 0 ? next : undefined));
  const kept = useFocusKept((list) => list.querySelector<HTMLElement>('[role="combobox"]'));
  return (
    <div className="flex flex-col gap-2" {...kept}>
      <p className="text-xs text-faint">
        Tried in this order where the model above refuses the shot or is down. The plan shows what
        each would cost; after a doubtful answer nothing is sent.
      </p>
      <ol className="flex flex-col gap-1">
        {listed.map((entry, index) => (
          <li
            // biome-ignore lint/suspicious/noArrayIndexKey: the place is what tells two of a model apart
            key={index}
            className="flex h-7 items-center gap-2 text-xs"
          >
            <span className="text-faint tabular-nums">{index + 1}</span>
            <span className="min-w-0 flex-1 truncate">{titleOf(entry, models)}</span>
            <Button
              size="sm"
              look="quiet"
              aria-label={`Do not fall back on ${titleOf(entry, models)}`}
              onClick={() => keep(listed.filter((_, other) => other !== index))}
            >
              <X aria-hidden />
            </Button>
          </li>
        ))}
      </ol>
      {listed.length < MOST && (
        <Select
          label="Add a fallback model"
          value=""
          placeholder="Add a model"
          groups={[{ options: offered(models, listed, params.model) }]}
          onChange={(id) => keep([...listed, id])}
        />
      )}
    </div>
  );
}

/** An entry is a model's name, or an object with the name and parameters of its own. */
function nameOf(entry: unknown): unknown {
  return typeof entry === "object" && entry !== null && "model" in entry ? entry.model : entry;
}

function titleOf(entry: unknown, models: readonly Model[]): string {
  const name = nameOf(entry);
  return findModel(models, name)?.title ?? String(name);
}

function offered(models: readonly Model[], listed: readonly unknown[], own: unknown) {
  const taken = new Set([...listed.map(nameOf), own].map((name) => findModel(models, name)?.id));
  return models
    .filter((model) => model.makes === "video" && !model.retired_reason && !taken.has(model.id))
    .sort((one, other) => Number(other.is_available) - Number(one.is_available))
    .map((model) => ({
      value: model.id,
      label: model.title,
      detail: model.is_available ? undefined : model.unavailable_reason,
    }));
}
