// Choosing a model for a segment: those that can be used first, the others with the reason why not.
// Models that make pictures are no segment's model and are left out.
import type { Model } from "@/api/types";
import { money } from "@/engine/money";
import { findModel } from "@/lib/queries";
import { Badge } from "@/ui/Badge";
import { Field } from "@/ui/Field";
import { type Option, Select } from "@/ui/Select";

interface ModelPickerProps {
  models: readonly Model[];
  value: unknown;
  note: string | null;
  error?: string | null;
  fix?: string | null;
  onChange: (model: Model) => void;
}

export function ModelPicker({ models, value, note, error, fix, onChange }: ModelPickerProps) {
  const chosen = findModel(models, value);
  const problem = error ?? (chosen && !chosen.is_available ? chosen.unavailable_reason : null);
  const offered = models.filter((model) => model.makes === "video");
  const groups = [
    { label: "Ready to use", options: offered.filter((model) => model.is_available).map(toOption) },
    {
      label: "Not set up here",
      options: offered.filter((model) => !model.is_available).map(toOption),
    },
  ].filter((group) => group.options.length > 0);
  return (
    <Field
      label="Model"
      error={problem}
      fix={fix}
      help={note ?? chosen?.summary}
      aside={chosen && <ModelCost model={chosen} />}
    >
      {({ id, describedBy, isInvalid }) => (
        <Select
          id={id}
          value={chosen?.id ?? ""}
          placeholder={typeof value === "string" ? value : "Choose a model"}
          describedBy={describedBy}
          isInvalid={isInvalid}
          groups={groups}
          onChange={(next) => {
            const model = models.find((other) => other.id === next);
            if (model) onChange(model);
          }}
        />
      )}
    </Field>
  );
}

function toOption(model: Model): Option {
  const detail = model.is_available
    ? `${costText(model)} · ${model.summary}`
    : model.unavailable_reason;
  return { value: model.id, label: model.title, detail };
}

function ModelCost({ model }: { model: Model }) {
  return model.is_local ? (
    <Badge tone="good">Free, runs here</Badge>
  ) : (
    <span>{costText(model)}</span>
  );
}

/** "free", "$0.12 a second", "from $0.30 a clip", "price unknown". */
function costText(model: Model): string {
  if (model.is_local) return "free";
  const row = model.prices[0] as { amount?: string; unit?: string; currency?: string } | undefined;
  if (row?.amount === undefined) return "price unknown";
  const unit = row.unit === "second" ? "a second" : "a clip";
  const from = model.prices.length > 1 ? "from " : "";
  return `${from}${money(String(row.amount), row.currency ?? "USD")} ${unit}`;
}
