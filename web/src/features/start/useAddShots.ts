// Shots into segments of the open project, in their order, with the model that they begin with.
import { useRef } from "react";
import type { Model, SegmentCreate } from "@/api/types";
import { modelToStartWith } from "@/engine/firstModel";
import type { Shot } from "@/engine/script/readScript";
import { lengthParams } from "@/engine/script/shotParams";
import { insertSegments } from "@/lib/actions/insertSegments";
import { useModels } from "@/lib/queries";

/** Adds the shots at the end, as one step that can be undone; `model` is what they get, once it is
 * known. Who is quicker than the list of models waits for it, and adds once. */
export function useAddShots(): { model: Model | undefined; add: (shots: readonly Shot[]) => void } {
  const { data, refetch } = useModels();
  const isWaiting = useRef(false);

  async function add(shots: readonly Shot[]): Promise<void> {
    if (isWaiting.current) return;
    isWaiting.current = true;
    const models = data ?? (await refetch({ cancelRefetch: false })).data;
    isWaiting.current = false;
    insertSegments(shots.map((shot) => bodyOf(shot, modelToStartWith(models))));
  }

  return { model: modelToStartWith(data), add: (shots) => void add(shots) };
}

function bodyOf({ prompt, seconds }: Shot, model: Model | undefined): SegmentCreate {
  if (model === undefined) return { prompt, model_params: {} };
  const length = lengthParams(model.parameters, seconds);
  return { prompt, model_params: { model: model.id, ...length } };
}
