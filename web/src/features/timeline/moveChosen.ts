// Moving what is chosen on the strip by some places, by key or by button.
import { moveSegments } from "@/lib/actions/moveSegments";
import { openProject } from "@/lib/store/document";
import { selectedInOrder } from "@/lib/store/session";

/** Moves the chosen segments together by `delta` places, stopping at the ends. */
export function moveChosen(delta: number): void {
  const ids = selectedInOrder();
  const first = openProject().segments.findIndex(({ id }) => id === ids[0]);
  void moveSegments(ids, first + delta);
}
