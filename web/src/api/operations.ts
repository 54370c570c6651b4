// The request that sends a client's edits, and what became of each of them.
import { http, only } from "./client";
import type { components } from "./schema";
import type { Full } from "./types";

type Schemas = components["schemas"];
export type OperationsApplied = Full<Schemas["OperationsApplied"]>;
export type Outcome = Full<Schemas["Outcome"]>;
export type Clash = Full<Schemas["Clash"]>;
export type WireOperation = Schemas["Operations"]["operations"][number];

/** Applies operations, each once however often it is sent. `client`: which window made them. */
export const sendOperations = (
  project_id: string,
  client: string,
  operations: readonly WireOperation[],
): Promise<OperationsApplied> =>
  only(
    http.POST("/api/projects/{project_id}/operations", {
      params: { path: { project_id } },
      body: { client, operations: [...operations] },
    }),
  );
