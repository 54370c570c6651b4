import { expect, test } from "vitest";
import { MOST_SHOTS, readScript } from "./readScript";

const prompts = (text: string) => readScript(text).shots.map((shot) => shot.prompt);

test("a numbered list is a list of shots, with lengths where they are told", () => {
  const read = readScript(`# Harbour

Some words before.

1. A fishing boat leaves the harbour at dawn (5 s)
   seen from the lighthouse
2) Gulls over the wake
Shot 3: The net comes up, full [4.5 seconds]
- **Closing**: the boat as a dot on the horizon
`);
  expect(read.title).toBe("Harbour");
  expect(read.structure).toBe("list");
  expect(read.shots).toEqual([
    { prompt: "A fishing boat leaves the harbour at dawn seen from the lighthouse", seconds: 5 },
    { prompt: "Gulls over the wake", seconds: null },
    { prompt: "The net comes up, full", seconds: 4.5 },
    { prompt: "Closing: the boat as a dot on the horizon", seconds: null },
  ]);
});

test("times at the start of lines give the lengths", () => {
  const read = readScript(
    "0:00-0:04 Rain on a window\n[0:04 – 0:10] A hand wipes it\n0:10 The city",
  );
  expect(read.structure).toBe("timecodes");
  expect(read.shots).toEqual([
    { prompt: "Rain on a window", seconds: 4 },
    { prompt: "A hand wipes it", seconds: 6 },
    { prompt: "The city", seconds: null },
  ]);
});

test("a subtitle file's cues are shots", () => {
  const read = readScript(`1
00:00:00,000 --> 00:00:02,500
Rain on
a window

2
00:00:02,500 --> 00:00:06,000
The city
`);
  expect(read.shots).toEqual([
    { prompt: "Rain on a window", seconds: 2.5 },
    { prompt: "The city", seconds: 3.5 },
  ]);
});

test("a screenplay's action makes shots at their place; dialogue is left out and counted", () => {
  const read = readScript(`FADE IN:

EXT. OLD HARBOUR - DAWN

Fog lies over the water. A bell rings
somewhere.

MARTA
(quietly)
They should be back by now.

She lifts a lantern.

INT. BOATHOUSE - CONTINUOUS

Ropes sway.

CUT TO:
`);
  expect(read.structure).toBe("screenplay");
  expect(read.shots.map((shot) => shot.prompt)).toEqual([
    "Exterior, old harbour, dawn. Fog lies over the water. A bell rings somewhere.",
    "Exterior, old harbour, dawn. She lifts a lantern.",
    "Interior, boathouse, continuous. Ropes sway.",
  ]);
  expect(read.leftOut).toBe(5);
});

test("without marks, paragraphs are shots, and a single paragraph is taken by sentences", () => {
  expect(prompts("A fox\ntrots.\n\n\nSnow falls.\n")).toEqual(["A fox trots.", "Snow falls."]);
  expect(readScript("A fox trots. Snow falls! Is it dawn?").structure).toBe("sentences");
  expect(prompts("A fox trots. Snow falls! Is it dawn?")).toEqual([
    "A fox trots.",
    "Snow falls!",
    "Is it dawn?",
  ]);
  expect(prompts("夜の街。雨が降る。")).toEqual(["夜の街。", "雨が降る。"]);
});

test("what is no script has no shots, and an endless one is cut", () => {
  for (const text of ["", "  \n\n", "---", "...\n"]) expect(prompts(text)).toEqual([]);
  const long = Array.from({ length: MOST_SHOTS + 9 }, (_, n) => `- shot number ${n}`).join("\r\n");
  expect(prompts(long)).toHaveLength(MOST_SHOTS);
  expect(prompts(long)[0]).toBe("shot number 0");
});

test("a list may have one item, and words with a dash in them are no list", () => {
  expect(prompts("- a single idea")).toEqual(["a single idea"]);
  expect(prompts("A fox - red as rust - trots.")).toEqual(["A fox - red as rust - trots."]);
});
