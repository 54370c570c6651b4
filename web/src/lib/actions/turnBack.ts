// Undo and redo: operations like any other, which the server refuses where somebody else has changed
// the same meanwhile.
import { newId } from "../ids";
import { turn } from "../store/history";
import { announce } from "../store/session";
import { undoing } from "../store/settling";
import { enter, save } from "./perform";

export function turnBack(way: "undo" | "redo"): void {
  turn(way, ({ label, inverse }) => {
    const id = newId();
    undoing.set(id, `${way} of the ${label}`);
    const back = enter(id, inverse);
    announce(`${way === "undo" ? "Undone" : "Done again"}: ${label}`);
    // Where all of it was gone already there is nothing to bring back.
    return back.length === 0 ? null : { id, label, inverse: back, at: Date.now() };
  });
  void save();
}
