// Sends writes to the open project one after the other, each based on the revision that is known.
import type { Answer } from "@/api/client";
import { asProblem } from "@/api/problem";
import { getProject } from "@/api/projects";
import type { Project } from "@/api/types";
import { type Item, listItems } from "../itemRequests";
import { adopt, changeDocument, openProject, useDocument } from "./document";

type Send<T> = (revision: number) => Promise<Answer<T>>;

let last: Promise<unknown> = Promise.resolve();

/**
 * Queues a write. If the project has moved on, its new state is taken in and the write is sent once
 * more on top of it. Throws ApiProblem when it is refused.
 */
export function write<T>(send: Send<T>): Promise<T> {
  const run = last.then(() => attempt(send));
  last = run.catch(() => undefined);
  return run;
}

async function attempt<T>(send: Send<T>): Promise<T> {
  changeDocument(() => ({ save: "saving", saveMessage: null }));
  try {
    const answer = await sendOnce(send).catch(async (error: unknown) => {
      if (!asProblem(error).isStale) throw error;
      adopt(await getProject(openProject().id));
      return sendOnce(send);
    });
    settle(answer.revision);
    return answer.data;
  } catch (error) {
    changeDocument(() => ({ save: "failed", saveMessage: asProblem(error).message }));
    throw error;
  }
}

/** A write that was accepted raised the revision by exactly one, also where the answer does not say. */
async function sendOnce<T>(send: Send<T>): Promise<{ data: T; revision: number }> {
  const { revision } = openProject();
  const answer = await send(revision);
  return { data: answer.data, revision: answer.revision ?? revision + 1 };
}

function settle(revision: number): void {
  changeDocument(({ base, edits, itemEdits }) => ({
    base: base && { ...base, revision: Math.max(base.revision, revision) },
    save: isEmpty(edits) && isEmpty(itemEdits) ? "saved" : "waiting",
  }));
}

const isEmpty = (edits: object) => Object.keys(edits).length === 0;

/** A project and what lies beside its segments. */
export interface Loaded {
  project: Project;
  items: Item[];
}

/** The items are asked for last: should they be newer than the project, an event will say so. */
export async function loadProject(id: string): Promise<Loaded> {
  const project = await getProject(id);
  return { project, items: await listItems(id) };
}

/** Asks the server for the open project again. */
export async function reload(): Promise<void> {
  const { base } = useDocument.getState();
  if (base === null) return;
  const { project, items } = await loadProject(base.id);
  adopt(project, items);
}
