// Looking at takes, and putting the one that is looked at into the cut: free, and one step to undo.
import type { Segment, Take } from "@/api/types";
import { layOutFilm } from "@/engine/filmLayout";
import { framesPerSecond } from "@/engine/frameRate";
import { settingsOf } from "@/engine/takes";
import { lookAt } from "../store/candidate";
import { openProject } from "../store/document";
import { usePlayer } from "../store/player";
import { announce, watch } from "../store/session";
import { editSegment } from "./editSegment";
import { transact, WHOLE } from "./perform";
import { putTake } from "./takes";

/** Shows a take in the preview; the cut stays as it is. Looking at the cut's own take ends looking. */
export function lookAtTake(take: Take): void {
  if (take.asset_url === null) return;
  watch(take.segment_id);
  lookAt(take.is_current ? null : take);
  goToSegment(take.segment_id);
  announce(
    take.is_current
      ? `Take ${take.number}, the one in the cut`
      : `Looking at take ${take.number}, which is not in the cut`,
  );
}

/** Brings the playhead to a segment unless it stands on it. */
function goToSegment(id: string): void {
  const { segments, settings } = openProject();
  const film = layOutFilm(segments, framesPerSecond(settings.fps));
  const index = segments.findIndex((segment) => segment.id === id);
  const start = film.start[index];
  if (start === undefined) return;
  const { time, player } = usePlayer.getState();
  const begin = start + (film.overlap[index - 1] ?? 0);
  const end = start + (film.seconds[index] ?? 0) - (film.overlap[index] ?? 0);
  if (time < begin - 1e-6 || time >= end) player?.seek(begin);
}

const segmentOf = (take: Take): Segment | undefined =>
  openProject().segments.find(({ id }) => id === take.segment_id);

/** Puts a take into the cut. A segment that was locked is locked to this one then. */
export async function chooseTake(take: Take): Promise<void> {
  const segment = segmentOf(take);
  if (segment === undefined) return;
  lookAt(null);
  announce(`Take ${take.number} is in the cut`);
  await putTake(take.segment_id, take.id, segment.pinned);
}

/**
 * Makes a segment ask for what a take was made from, and shows this take: nothing is generated, so it is
 * free. `media` names the model's parameters that hold files; those stay.
 */
export async function takeSettingsOf(take: Take, media: ReadonlySet<string>): Promise<void> {
  const segment = segmentOf(take);
  if (segment === undefined) return;
  lookAt(null);
  announce(`Segment ${segment.order_index + 1} has the settings of take ${take.number}`);
  await transact(`settings of take ${take.number}`, () => {
    editSegment(segment.id, settingsOf(take, segment, media), WHOLE);
    return putTake(segment.id, take.id, segment.pinned);
  });
}
