// Where a first or last frame comes from: a file, a picture of the library, a frame of the neighbour, or a
// picture that a model makes from a prompt.
import { lazy, type ReactNode, Suspense, useState } from "react";
import type { Model, Project } from "@/api/types";
import { FRAME_SOURCES, type FrameField, neighbourFor } from "@/engine/neighbourFrames";
import { chooseFrame, chooseNeighbourFrame } from "@/lib/actions/chooseFrame";
import { useModels } from "@/lib/queries";
import { useDocument } from "@/lib/store/document";
import { TextArea } from "@/ui/Field";
import { type Option, Select } from "@/ui/Select";
import { Spinner } from "@/ui/Spinner";

const PictureDialog = lazy(() => import("./PictureDialog"));

interface Told {
  model: string;
  prompt?: string;
}

interface FrameSourceProps {
  segmentId: string;
  field: FrameField;
  label: string;
  value: unknown;
  onChange: (value: unknown) => void;
  /** The control that takes a file. */
  file: ReactNode;
}

const FILE = "file";
const LIBRARY = "library";
const NEIGHBOUR = "neighbour";

export function FrameSource({ segmentId, field, label, value, onChange, file }: FrameSourceProps) {
  const { data: models = [] } = useModels();
  const [isChoosing, setChoosing] = useState(false);
  const [isTaking, setTaking] = useState(false);
  const neighbour = useNeighbour(segmentId, field);
  const told = asTold(value);
  const take = async () => {
    setTaking(true);
    await chooseNeighbourFrame(segmentId, field);
    setTaking(false);
  };
  const choose = (next: string) => {
    if (next === NEIGHBOUR) void take();
    else if (next === LIBRARY) setChoosing(true);
    else if (next !== FILE) onChange({ ...told, model: next });
    else if (told) onChange(undefined);
  };
  return (
    <div className="flex flex-col gap-2">
      <Select
        label={`Where the ${label.toLowerCase()} comes from`}
        value={told?.model ?? FILE}
        isDisabled={isTaking}
        groups={[
          {
            options: [
              { value: FILE, label: "A file" },
              { value: LIBRARY, label: "From the library" },
              neighbour,
            ],
          },
          { label: "Made from a prompt", options: makers(models) },
        ]}
        onChange={choose}
      />
      {isTaking && (
        <p role="status" className="flex items-center gap-2 text-xs text-muted">
          <Spinner /> Taking the frame
        </p>
      )}
      {told ? <Words key={told.model} label={label} told={told} onChange={onChange} /> : file}
      {isChoosing && (
        <Suspense>
          <PictureDialog
            title={`Choose ${label.toLowerCase()}`}
            onClose={() => setChoosing(false)}
            onChoose={(media) => chooseFrame(segmentId, field, media)}
          />
        </Suspense>
      )}
    </div>
  );
}

/** The neighbour's frame as a choice, with the reason where there is none. */
function useNeighbour(segmentId: string, field: FrameField): Option {
  const find = ({ project }: { project: Project | null }) =>
    neighbourFor(project?.segments ?? [], segmentId, field);
  const why = useDocument((state) => find(state).why);
  const number = useDocument((state) => find(state).number);
  return {
    value: NEIGHBOUR,
    label: FRAME_SOURCES[field].label,
    detail: why ?? `Of segment ${number}, as the cut shows it`,
    isDisabled: why !== null,
  };
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
  const [typed, setTyped] = useState("");
  const said = told.prompt ?? "";
  // Spaces at its ends are not kept, but typed on the way to the next word.
  const isTyped = typed.trim() === said.trim();
  return (
    <TextArea
      rows={2}
      value={isTyped ? typed : said}
      aria-label={`What the ${label.toLowerCase()} shows`}
      placeholder="What the picture shows; empty for the prompt of the shot"
      onChange={(event) => {
        const prompt = event.target.value;
        setTyped(prompt);
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
