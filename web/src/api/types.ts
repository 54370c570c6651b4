// The API's nouns under the names that the page uses; the shapes come from the generated schema.
import type { components } from "./schema";

type Schemas = components["schemas"];

/** An answer's shape: the server always sends every field, also those that have a default. */
export type Full<T> = T extends readonly (infer Item)[]
  ? Full<Item>[]
  : T extends object
    ? string extends keyof T
      ? T
      : { [Key in keyof T]-?: Full<Exclude<T[Key], undefined>> }
    : T;

export type Project = Full<Schemas["Project"]>;
export type ProjectSummary = Full<Schemas["Summary"]>;
export type ProjectCreate = Schemas["ProjectCreate"];
export type ProjectPatch = Schemas["ProjectUpdate"];
export type Settings = Full<Schemas["SettingsOut"]>;
export type Segment = Full<Schemas["Segment"]>;
export type SegmentCreate = Schemas["SegmentCreate"];
export type SegmentPatch = Schemas["SegmentUpdate"];
export type Trim = Full<Schemas["TrimBody"]>;
export type Price = Full<Schemas["PriceOut"]>;
export type CancelledJob = Full<Schemas["CancelledJob"]>;
export type TakesPrice = Full<Schemas["TakesPrice"]>;
export type Take = Full<Schemas["Take"]>;
export type Plan = Full<Schemas["Plan"]>;
export type PlanSegment = Full<Schemas["PlannedSegment"]>;
export type RenderJob = Full<Schemas["RenderJob"]>;
export type Interchange = Full<Schemas["Interchange"]>;
export type InterchangeFormat = Full<Schemas["InterchangeFormat"]>;
export type RenderOutput = Full<Schemas["RenderOutput"]>;
export type Media = Full<Schemas["Media"]>;
export type Model = Full<Schemas["Model"]>;
export type Params = Record<string, unknown>;
