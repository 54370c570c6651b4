// What a segment begins or ends with: a picture of the library, or the frame that its neighbour shows there.
// One step to undo; nothing is generated.
import { keepFrame } from "@/api/segments";
import type { Media } from "@/api/types";
import { segmentEdit } from "@/engine/edits";
import { FRAME_SOURCES, type FrameField, neighbourFor } from "@/engine/neighbourFrames";
import { withParam } from "@/engine/paramForm";
import { askAnew, keys, queryClient } from "../queryClient";
import { useDocument } from "../store/document";
import { announce } from "../store/session";
import { sayProblem } from "../toast";
import { saveEdits } from "./editSegment";
import { perform, shownDoc } from "./perform";

const segments = () => useDocument.getState().project?.segments ?? [];

/** Puts a picture into a field of a segment, as the segment is by then. */
export function chooseFrame(segmentId: string, field: FrameField, media: Media): void {
  const segment = segments().find(({ id }) => id === segmentId);
  if (segment === undefined) return; // deleted meanwhile
  queryClient.setQueryData(keys.media(media.id), media);
  const model_params = withParam(segment.model_params, field, media.id);
  const change = segmentEdit(shownDoc(), segmentId, { model_params });
  if (change === null) return;
  perform(field === "first_frame" ? "choice of first frame" : "choice of last frame", [change]);
  announce(`${media.filename} chosen`);
}

/** Takes the frame of the neighbour, as the cut shows it now. */
export async function chooseNeighbourFrame(segmentId: string, field: FrameField): Promise<void> {
  const { id } = neighbourFor(segments(), segmentId, field);
  if (id === null) return;
  try {
    const media = await frameOf(id, FRAME_SOURCES[field].edge);
    chooseFrame(segmentId, field, media);
  } catch (error) {
    sayProblem("The frame was not taken", error, () => {
      void chooseNeighbourFrame(segmentId, field);
    });
  }
}

/** A frame of what a segment shows, as a picture of the library. The server cuts it, so it must know of
 * every edit. Throws ApiProblem. */
export async function frameOf(segmentId: string, edge: "first" | "last"): Promise<Media> {
  await saveEdits();
  const media = await keepFrame(segmentId, edge);
  queryClient.setQueryData(keys.media(media.id), media);
  void askAnew(keys.allMedia);
  return media;
}
