// Muting sounds beside the segments together, or letting all be heard: one step to undo.
import type { Item } from "../itemRequests";
import { announce } from "../store/session";
import { editItem } from "./editItem";
import { transact } from "./transact";

export function muteSounds(sounds: readonly Item[], muted: boolean): void {
  transact(muted ? "mute of all sounds" : "unmute of all sounds", () => {
    for (const { id, fields } of sounds)
      if ((fields.muted === true) !== muted) editItem(id, { fields: { muted } });
  });
  announce(muted ? "All sounds are muted" : "All sounds can be heard");
}
