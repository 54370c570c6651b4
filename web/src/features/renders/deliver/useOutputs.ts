// The project's outputs while they are being edited: a draft over what is saved, and which of them the
// next render makes.
import { useState } from "react";
import { type ApiProblem, asProblem } from "@/api/problem";
import type { Settings } from "@/api/types";
import { MAIN, type OutputPreset, type OutputSettings, outputOf } from "@/engine/outputs";
import { updateProject } from "@/lib/actions/updateProject";
import { openProject, useProject } from "@/lib/store/document";

/** How the main film is encoded; what it shows is the project's. */
export type Encoding = Pick<Settings, "codec" | "quality" | "encoder">;

/** offered: somebody else has changed the same meanwhile, which is to be decided. */
export type Saving = "saved" | "refused" | "offered";

export function useOutputs() {
  const project = useProject();
  const [seen, setSeen] = useState(project);
  const [encoding, setEncoding] = useState<Partial<Encoding>>({});
  // The project's settings can be opened over this window, and change what it is about.
  const main = { ...project.settings, ...encoding };
  const [outputs, setOutputs] = useState<readonly OutputSettings[]>(seen.outputs);
  const [shown, setShown] = useState(MAIN);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const names = [MAIN, ...outputs.map(({ name }) => name)];

  function add(preset: OutputPreset): void {
    const output = outputOf(preset, names);
    setOutputs([...outputs, output]);
    setShown(output.name);
  }

  function change(name: string, next: OutputSettings): void {
    setOutputs(outputs.map((one) => (one.name === name ? next : one)));
    if (next.name === name) return;
    setShown(next.name);
    if (left.has(name)) setLeft(new Set([...left].map((one) => (one === name ? next.name : one))));
  }

  function remove(name: string): void {
    setOutputs(outputs.filter((one) => one.name !== name));
    setShown(MAIN);
  }

  /** Puts an output into the next render, or leaves it out. */
  function choose(name: string, isWanted: boolean): void {
    const next = new Set(left);
    if (isWanted) next.delete(name);
    else next.add(name);
    setLeft(next);
  }

  const setMain = (next: Partial<Encoding>) => setEncoding({ ...encoding, ...next });

  const isChanged =
    JSON.stringify([{ ...seen.settings, ...encoding }, outputs]) !==
    JSON.stringify([seen.settings, seen.outputs]);

  async function save(): Promise<Saving> {
    setProblem(null);
    try {
      const isSaved = await updateProject({ settings: encoding, outputs: [...outputs] }, seen);
      if (isSaved) setSeen(openProject());
      return isSaved ? "saved" : "offered";
    } catch (error) {
      setProblem(asProblem(error));
      return "refused";
    }
  }

  const isLeft = (name: string) => left.has(name);
  const edits = { add, change, remove, choose, setMain, setShown };
  return { main, outputs, names, shown, isLeft, isChanged, problem, save, ...edits };
}

export type Outputs = ReturnType<typeof useOutputs>;
