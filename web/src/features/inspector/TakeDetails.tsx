// What a take was made from and with, how that differs from what the segment asks for now, and the way
// back to its settings.
import { Undo2 } from "lucide-react";
import { Fragment } from "react";
import type { Segment, Take } from "@/api/types";
import { isZero, money } from "@/engine/money";
import { fieldsOf } from "@/engine/paramForm";
import { type Difference, differences, seedOf } from "@/engine/takes";
import { ago, shortSeconds } from "@/engine/timecode";
import { takeSettingsOf } from "@/lib/actions/chooseTake";
import { findModel, useModels } from "@/lib/queries";
import { Button } from "@/ui/Button";

interface TakeDetailsProps {
  segment: Segment;
  take: Take;
}

export function TakeDetails({ segment, take }: TakeDetailsProps) {
  const models = useModels().data;
  const model = findModel(models, take.model);
  const fields = model ? fieldsOf(model.parameters) : [];
  const media = new Set(fields.filter(({ kind }) => kind === "media").map(({ name }) => name));
  const defaults = Object.fromEntries(fields.map(({ name, initial }) => [name, initial]));
  // An alias asks for the same model.
  const asked = findModel(models, segment.model_params.model)?.id ?? segment.model_params.model;
  const now = { prompt: segment.prompt, model_params: { ...segment.model_params, model: asked } };
  const differs = differences(take, now, defaults, media);
  return (
    <section
      aria-label={`About take ${take.number}`}
      className="flex flex-col gap-2 rounded-lg bg-raised px-3 py-2.5 text-xs"
    >
      <Facts take={take} model={model?.title ?? take.model} />
      {take.notice && <p className="text-warn first-letter:uppercase">{take.notice}</p>}
      {differs.length > 0 && (
        <>
          <Differences list={differs} />
          <Button size="sm" className="self-start" onClick={() => void takeSettingsOf(take, media)}>
            <Undo2 aria-hidden /> Use these settings
            <span className="font-normal text-faint">free</span>
          </Button>
        </>
      )}
    </section>
  );
}

function Facts({ take, model }: { take: Take; model: string }) {
  const seed = seedOf(take);
  const { cost, duration_seconds: seconds } = take;
  const facts = [
    model,
    seed !== null && `seed ${seed}${take.keeps_seed ? ", locked" : ""}`,
    seconds !== null && shortSeconds(seconds),
    cost && (isZero(cost.amount) ? "free" : money(cost.amount, cost.currency)),
    ago(take.created_at, Date.now()),
  ];
  return (
    <p className="text-muted">
      <span className="font-medium text-ink">Take {take.number}</span>
      {take.is_current && " · in the cut"}
      {facts.filter(Boolean).map((fact) => ` · ${fact}`)}
    </p>
  );
}

function Differences({ list }: { list: readonly Difference[] }) {
  return (
    <>
      <p className="text-faint">Made from other settings than the segment has now:</p>
      <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-1">
        {list.map(({ label, take, now }) => (
          <Fragment key={label}>
            <dt className="text-faint">{label}</dt>
            <dd className="min-w-0 break-words">
              {take ?? "not set"} <del className="text-faint">{now ?? "not set"}</del>
            </dd>
          </Fragment>
        ))}
      </dl>
    </>
  );
}
