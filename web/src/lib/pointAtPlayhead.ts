// A new point of a sound's volume where the playhead is.
import { type VolumePoint, withPoint } from "@/engine/volumePoints";
import { usePlayer } from "./store/player";
import { say } from "./toast";

/** `start`, `end`: seconds of the film between which the sound is heard. Null, and said why, for none. */
export function pointAtPlayhead(
  points: readonly VolumePoint[],
  { start, end }: { start: number; end: number },
): VolumePoint[] | null {
  const { time } = usePlayer.getState();
  if (time < start || time > end) {
    say("The playhead is not on this sound. Move it there first.");
    return null;
  }
  const more = withPoint(points, Number((time - start).toFixed(3)));
  if (more === null) say("There is a point at the playhead already.");
  return more;
}
