// Changing the open project's name, description and output settings.
import type { ProjectPatch } from "@/api/types";
import type { Fields } from "@/engine/operations";
import { openProject } from "../store/document";
import { decided } from "./decided";
import { perform } from "./perform";

/** Throws ApiProblem when the server refuses. */
export async function updateProject(patch: ProjectPatch): Promise<void> {
  const set = JSON.parse(JSON.stringify(patch)) as Fields;
  const was = seen(openProject() as unknown as Fields, set);
  const label = "name" in set ? "name of the project" : "settings of the project";
  await decided(perform(label, [{ type: "edit_project", set, was }]));
}

/** What stands now in the fields that are to change, and in each of the settings. */
function seen(from: Fields, set: Fields): Fields {
  const told = Object.keys(set).map((name) => {
    const isPart = name === "settings";
    const now = isPart ? seen(from[name] as Fields, set[name] as Fields) : (from[name] ?? null);
    return [name, now];
  });
  return Object.fromEntries(told);
}
