import { expect, test } from "vitest";
import {
  chosenOutputs,
  freshName,
  nameProblem,
  OUTPUT_PRESETS,
  type OutputPreset,
  outputOf,
  outputWords,
} from "./outputs";

const preset = (name: string): OutputPreset => {
  const found = OUTPUT_PRESETS.find((one) => one.name === name);
  if (found === undefined) throw new Error(name);
  return found;
};
const main = { width: 1280, height: 720, fps: 24, codec: "h264", quality: "standard" } as const;

test("every preset makes an output with a good name of its own", () => {
  const taken: string[] = [];
  for (const one of [...OUTPUT_PRESETS, ...OUTPUT_PRESETS]) {
    const { name } = outputOf(one, taken);
    expect(nameProblem(name, taken)).toBeNull();
    taken.push(name);
  }
  expect(freshName("web", ["web", "web-2"])).toBe("web-3");
  expect(freshName("main", [])).toBe("main-2");
});

test("what an output does not say is as in the main film", () => {
  expect(outputWords(outputOf(preset("web"), []), main)).toBe("1280×720, 24 fps, VP9");
  expect(outputWords(outputOf(preset("vertical"), []), main)).toBe("1080×1920, 24 fps, H.264");
  expect(outputWords(outputOf(preset("teaser"), []), main)).toBe("480 wide, 12 fps, 6 s, gif");
});

test("names that the server would refuse are told at once", () => {
  for (const bad of ["", "main", "A", "-x", "x-", "ü", "a b", "x".repeat(41), "taken"])
    expect(nameProblem(bad, ["taken"])).not.toBeNull();
  for (const good of ["a", "a-b_c", "9", "x".repeat(40)]) expect(nameProblem(good, [])).toBeNull();
});

test("a choice of all is no choice", () => {
  const all = ["main", "vertical", "teaser"];
  expect(chosenOutputs(all, new Set(all))).toBeNull();
  expect(chosenOutputs(all, new Set(["teaser", "main"]))).toEqual(["main", "teaser"]);
});
