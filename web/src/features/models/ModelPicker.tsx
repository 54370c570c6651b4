// Choosing a model for a segment: those that can be used first, the others with the reason why not.
// Models that make pictures are no segment's model and are left out.
import { useMemo } from "react";
import { Link } from "wouter";
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
  const groups = useMemo(
    () => groupsOf(models.filter((model) => model.makes === "video" && !model.retired_reason)),
    [models],
  );
  return (
    <Field
      label="Model"
      error={problem}
      fix={fix ?? (NEEDS_KEY.test(problem ?? "") && <AddKey />)}
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

/** The server names the variable; a key can be stored in the page instead. */
const NEEDS_KEY = /^no key for this model/;

function AddKey() {
  return (
    <Link href="/settings" className="font-medium text-accent hover:underline">
      Add a key here
    </Link>
  );
}

/** What can be used first, then provider by provider what would have to be set up. */
function groupsOf(offered: readonly Model[]): { label: string; options: Option[] }[] {
  const providers = [...new Set(offered.map((model) => model.provider))].sort();
  const groups = [
    { label: "Ready to use", options: offered.filter((model) => model.is_available) },
    ...providers.map((provider) => ({
      label: `Not set up here: ${provider}`,
      options: offered.filter((model) => !model.is_available && model.provider === provider),
    })),
  ];
  return groups
    .filter((group) => group.options.length > 0)
    .map((group) => ({ ...group, options: group.options.map(toOption) }));
}

function toOption(model: Model): Option {
  const reason = model.is_available ? "" : `${model.unavailable_reason?.split(", or ")[0]} · `;
  return {
    value: model.id,
    label: model.title,
    detail: `${reason}${costText(model)} · ${model.summary}`,
  };
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
  const rows = model.prices as readonly { amount?: string; unit?: string; currency?: string }[];
  const told = rows.filter((row) => row.amount !== undefined && row.unit === rows[0]?.unit);
  const lowest = [...told].sort((one, other) => Number(one.amount) - Number(other.amount))[0];
  if (lowest === undefined) return "price unknown";
  const unit = lowest.unit === "second" ? "a second" : "a clip";
  const from = rows.length > 1 ? "from " : "";
  return `${from}${money(String(lowest.amount), lowest.currency ?? "USD")} ${unit}`;
}
