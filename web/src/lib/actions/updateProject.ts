// Changing the open project's name, description and output settings.
import { updateProject as requestUpdate } from "@/api/projects";
import type { ProjectPatch } from "@/api/types";
import { refreshPlan } from "../refresh";
import { adopt, openProject } from "../store/document";
import { write } from "../store/writes";

/** Throws ApiProblem when the server refuses. */
export async function updateProject(patch: ProjectPatch): Promise<void> {
  const { id } = openProject();
  adopt(await write((revision) => requestUpdate(id, patch, revision)));
  refreshPlan();
}
