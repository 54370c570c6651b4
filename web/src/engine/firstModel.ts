// The model that a segment gets before anybody has chosen one. Pure.

export interface OfferedModel {
  makes: string;
  is_available: boolean;
  /** Runs on this machine and costs nothing. */
  is_local: boolean;
  /** JSON Schema. */
  parameters: Record<string, unknown>;
}

/** Whether words alone are enough for it. */
const needsNothing = ({ parameters }: OfferedModel): boolean =>
  !Array.isArray(parameters.required) || parameters.required.length === 0;

/**
 * One that can be used at once: made from words alone, and free where there is such a one, so that
 * nobody pays for what was not chosen. Undefined where there is none.
 */
export function modelToStartWith<M extends OfferedModel>(
  models: readonly M[] | undefined,
): M | undefined {
  const usable = models?.filter(
    (model) => model.makes === "video" && model.is_available && needsNothing(model),
  );
  return usable?.find(({ is_local }) => is_local) ?? usable?.[0];
}
