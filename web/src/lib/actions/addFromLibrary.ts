// Putting what the library holds on the film: clips and files between the segments, texts, sounds and
// pictures beside them. At the playhead where no place is given.
import { listTakes } from "@/api/segments";
import type { Media, Take } from "@/api/types";
import { contentOf } from "@/engine/inverse";
import { nearestCut, startNear } from "@/engine/placing";
import { settingsOf } from "@/engine/takes";
import { newId } from "../ids";
import type { NewItem } from "../itemRequests";
import { openProject } from "../store/document";
import { usePlayer } from "../store/player";
import { announce } from "../store/session";
import { sayProblem } from "../toast";
import { addItem } from "./addItem";
import { decided } from "./decided";
import { fitting, openFilm } from "./fitting";
import { enterSegments, newSegment, placeAt } from "./insertSegments";
import { putFirstTake } from "./takes";

/** What a new text says until it is written. */
export const FRESH_TEXT = "Your title";
const TEXT_SECONDS = 3;

export type SoundRole = "music" | "voice" | "effect";

const playhead = (): number => usePlayer.getState().time;

async function told(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    sayProblem("It was not added", error);
  }
}

/** Adds a file as a segment at place `index`, or at the cut nearest to the playhead. */
export function addFile(media: Media, index = nearestCut(openFilm(), playhead())): Promise<void> {
  const { step } = enterSegments(
    [newSegment({ media: media.id })],
    placeAt(index),
    "adding of segment",
  );
  announce(`${media.filename} added as segment ${index + 1}`);
  return told(decided(step));
}

/**
 * Adds a segment that asks for what a take was made from, and shows this take: nothing is generated.
 * `files` names the parameters of its model that hold files.
 */
export function addTake(
  take: Take,
  files: ReadonlySet<string>,
  index = nearestCut(openFilm(), playhead()),
): Promise<void> {
  const source = openProject().segments.find(({ id }) => id === take.segment_id);
  if (source === undefined) return Promise.resolve();
  const { trim: _trim, transition: _transition, ...content } = contentOf(source);
  const asked = settingsOf(take, source, files);
  const fresh = { ...content, ...asked, id: newId(), copies: source.id };
  const { step } = enterSegments([fresh], placeAt(index), "adding of take");
  announce(`Take ${take.number} added as segment ${index + 1}`);
  return told(decided(step).then(() => showTake(fresh.id, take)));
}

/** The copy has all takes of its source: the one that was meant is put into the cut. */
async function showTake(id: string, { asset_url }: Take): Promise<void> {
  const segment = openProject().segments.find((one) => one.id === id);
  if (segment === undefined || segment.asset_url === asset_url) return;
  const meant = (await listTakes(id)).find((take) => take.asset_url === asset_url);
  if (meant !== undefined) await putFirstTake(id, meant.id);
}

const add = (item: NewItem): Promise<void> => told(addItem(item));

/** Adds a text in the look of a preset. */
export function addTitle(preset: string, time = playhead()): Promise<void> {
  const { total } = openFilm();
  const start = startNear(time, TEXT_SECONDS, total);
  const end = Number(Math.min(total, start + TEXT_SECONDS).toFixed(2));
  return add({ kind: "text", text: FRESH_TEXT, preset, start, end });
}

/** Adds a sound that begins at `time`. */
export function addSound(media: Media, role: SoundRole, time = playhead()): Promise<void> {
  return add({ kind: "audio", media: media.id, role, start: fitting(time) });
}

/** Lays a picture over the film from `time` on. */
export function addPicture(media: Media, time = playhead()): Promise<void> {
  return add({ kind: "image", media: media.id, start: fitting(time) });
}
