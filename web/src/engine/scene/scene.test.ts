import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { framesPerSecond } from "../frameRate";
import type { SceneItem, ScenePreset, SceneSegment } from "./project";
import { makeScene, type SceneFrame, sceneAt } from "./scene";
import { TRANSITIONS } from "./transitions";

interface Golden {
  project: {
    fps: string;
    segments: SceneSegment[];
    items: SceneItem[];
    media: Record<string, { seconds: number }>;
    /** Where there are items. */
    presets?: Record<string, ScenePreset>;
  };
  frames: unknown[];
}

const golden = (name: string): Golden =>
  JSON.parse(readFileSync(`../tests/vectors/scenes/${name}.json`, "utf8"));

const sceneOf = ({ project }: Golden) =>
  makeScene({
    fps: framesPerSecond(project.fps),
    segments: project.segments,
    items: project.items,
    mediaSeconds: new Map(Object.entries(project.media).map(([id, one]) => [id, one.seconds])),
    presets: new Map(Object.entries(project.presets ?? {})),
  });

/** In the words of the golden files. */
function told({ pictures, moment, overlays, sounds }: SceneFrame) {
  return {
    pictures,
    moment,
    overlays: overlays.map(({ layer, state }) => ({
      id: layer.id,
      text: layer.title?.text ?? null,
      state,
    })),
    sounds: sounds
      .map(({ strand, seconds, gain }) => ({ id: strand.id, role: strand.role, seconds, gain }))
      .sort((a, b) => (a.id === b.id ? a.seconds - b.seconds : a.id < b.id ? -1 : 1)),
  };
}

/** The server counts sound in samples, so a sound may stand some of them elsewhere. */
const NEAR = 2e-4;

/** Where two values differ first; null where they are alike. */
function difference(found: unknown, wanted: unknown, where: string): string | null {
  if (typeof wanted === "number") {
    const isNear = typeof found === "number" && Math.abs(found - wanted) < NEAR;
    return isNear ? null : `${where}: ${found} in place of ${wanted}`;
  }
  if (typeof wanted !== "object" || wanted === null) {
    return found === wanted ? null : `${where}: ${found} in place of ${wanted}`;
  }
  const names = new Set([...Object.keys(wanted), ...Object.keys(found ?? {})]);
  for (const name of names) {
    const [one, other] = [found, wanted].map((all) => (all as Record<string, unknown>)?.[name]);
    const here = difference(one, other, `${where}.${name}`);
    if (here !== null) return here;
  }
  return null;
}

for (const name of ["transitions", "retiming", "rounding", "overlays", "sounds"]) {
  test(`${name}: every frame is what the composition makes of it`, () => {
    const file = golden(name);
    const scene = sceneOf(file);
    expect(scene.layout.frames).toBe(file.frames.length);
    file.frames.forEach((wanted, frame) => {
      expect(difference(told(sceneAt(scene, frame)), wanted, `frame ${frame}`)).toBeNull();
    });
  });
}

test("every transition that the golden scenes know is known here", () => {
  const kinds = golden("transitions").project.segments.flatMap(
    ({ transition }) => transition?.kind ?? [],
  );
  expect(Object.keys(TRANSITIONS).sort()).toEqual([...new Set(kinds)].sort());
});

test("an empty project shows and sounds nothing", () => {
  const known = { mediaSeconds: new Map(), presets: new Map() };
  const scene = makeScene({ fps: 24, segments: [], items: [], ...known });
  expect(sceneAt(scene, 0)).toEqual({ pictures: [], moment: null, overlays: [], sounds: [] });
});
