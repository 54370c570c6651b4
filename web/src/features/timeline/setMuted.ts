// Muting every sound beside the segments, or letting all be heard.
import { editItem } from "@/lib/actions/editItem";
import { transact } from "@/lib/actions/transact";
import type { PlacedItem } from "@/lib/hooks/usePlacedItems";
import { announce } from "@/lib/store/session";

export function setMuted(sounds: readonly PlacedItem[], muted: boolean): void {
  transact(muted ? "mute of all sounds" : "unmute of all sounds", () => {
    for (const { item } of sounds) {
      if ((item.fields.muted === true) !== muted) editItem(item.id, { fields: { muted } });
    }
  });
  announce(muted ? "All sounds are muted" : "All sounds can be heard");
}
