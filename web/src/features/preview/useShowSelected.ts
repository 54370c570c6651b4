// Choosing a segment brings the playhead to it. Only a new choice does: coming back to the cut does not, nor
// does what is chosen because what was is gone.
import { useEffect, useRef } from "react";
import { useFilmLayout } from "@/lib/hooks/useFilmLayout";
import { useProject } from "@/lib/store/document";
import { usePlayer } from "@/lib/store/player";
import { useSession } from "@/lib/store/session";

/** Moves nothing while the playhead stands on the segment already, or the film plays. */
export function useShowSelected() {
  const { segments } = useProject();
  const film = useFilmLayout();
  const selectedId = useSession((state) => state.selectedId);
  const shown = useRef(selectedId);
  useEffect(() => {
    const before = shown.current;
    if (before === selectedId) return;
    shown.current = selectedId;
    const index = segments.findIndex(({ id }) => id === selectedId);
    const { time, isPlaying } = usePlayer.getState();
    const start = film.start[index];
    if (start === undefined || isPlaying) return;
    const isHeir = before !== null && !segments.some(({ id }) => id === before);
    if (isHeir && time <= film.total) return;
    // Within its transitions it is seen too: going from cut to cut ends at the cut.
    if (time >= start - 1e-6 && time < start + (film.seconds[index] ?? 0)) return;
    const begin = start + (film.overlap[index - 1] ?? 0);
    // Keys that follow at once act there already; what was clicked on shows that it is chosen before the
    // picture is drawn.
    goTo(begin);
  }, [segments, film, selectedId]);
}

function goTo(time: number): void {
  const { player } = usePlayer.getState();
  if (player) player.seek(time, { isPatient: true });
  else usePlayer.setState({ time });
}
