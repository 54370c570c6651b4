// Changing the open project's name, description and output settings.
import type { ProjectPatch } from "@/api/types";
import { projectEdit } from "@/engine/edits";
import type { Fields } from "@/engine/operations";
import { openProject } from "../store/document";
import { decided } from "./decided";
import { perform } from "./perform";

/**
 * `seen`: what its author had in view when the change began, the fields of the patch at least; what is
 * as it was there is left alone. Whether it came about: what somebody else has changed since is offered
 * for a decision. Throws ApiProblem when the server refuses.
 */
export async function updateProject(
  patch: ProjectPatch,
  seen: ProjectPatch = openProject() as ProjectPatch,
): Promise<boolean> {
  const edit = projectEdit(plain(seen), plain(patch));
  if (edit === null) return true;
  const label = "name" in patch ? "name of the project" : "settings of the project";
  return decided(perform(label, [edit]));
}

/** As it is sent: undefined fields are no JSON. */
const plain = (value: object): Fields => JSON.parse(JSON.stringify(value)) as Fields;
