// Where a first or last frame comes from: a file, or a picture that a model makes from a prompt.
import { type ReactNode, useState } from "react";
import type { Model } from "@/api/types";
import { useModels } from "@/lib/queries";
import { TextArea } from "@/ui/Field";
import { Select } from "@/ui/Select";

interface Told {
  model: string;
  prompt?: string;
}

interface FrameSourceProps {
  label: string;
  value: unknown;
  onChange: (value: unknown) => void;
  /** The control that takes a file. */
  file: ReactNode;
}

const FILE = "file";

export function FrameSource({ label, value, onChange, file }: FrameSourceProps) {
  const { data: models = [] } = useModels();
  const told = asTold(value);
  return (
    <div className="flex flex-col gap-2">
      <Select
        label={`Where the ${label.toLowerCase()} comes from`}
        value={told?.model ?? FILE}
        groups={[
          { options: [{ value: FILE, label: "A file" }] },
          { label: "Made from a prompt", options: makers(models) },
        ]}
        onChange={(next) => {
          if (next !== FILE) onChange({ ...told, model: next });
          else if (told) onChange(undefined);
        }}
      />
      {told ? <Words key={told.model} label={label} told={told} onChange={onChange} /> : file}
    </div>
  );
}

function Words({
  label,
  told,
  onChange,
}: {
  label: string;
  told: Told;
  onChange: (v: Told) => void;
}) {
  const [text, setText] = useState(told.prompt ?? "");
  return (
    <TextArea
      rows={2}
      value={text}
      aria-label={`What the ${label.toLowerCase()} shows`}
      placeholder="What the picture shows; empty for the prompt of the shot"
      onChange={(event) => {
        const prompt = event.target.value;
        setText(prompt);
        const { prompt: _old, ...rest } = told;
        onChange(prompt.trim() ? { ...rest, prompt } : rest);
      }}
    />
  );
}

function makers(models: readonly Model[]) {
  return models
    .filter((model) => model.makes === "image" && !model.retired_reason)
    .sort((one, other) => Number(other.is_available) - Number(one.is_available))
    .map((model) => ({
      value: model.id,
      label: model.title,
      detail: model.is_available ? model.summary : model.unavailable_reason,
    }));
}

function asTold(value: unknown): Told | null {
  if (typeof value !== "object" || value === null || !("model" in value)) return null;
  return typeof value.model === "string" ? { ...value, model: value.model } : null;
}
