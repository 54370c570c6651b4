// The tabs of the library beside the segments: media, texts and sounds, each with what of it lies on the
// film.

import type { ItemKind } from "@/engine/items";
import { AddItem } from "@/features/items/AddItem";
import { ItemList } from "@/features/items/ItemList";
import { AudioTab } from "@/features/library/AudioTab";
import { MediaTab } from "@/features/library/MediaTab";
import { TitlePresets } from "@/features/library/TitlePresets";
import type { ListTab } from "@/lib/store/session";

const TEXTS: readonly ItemKind[] = ["text", "caption", "image"];
const SOUNDS: readonly ItemKind[] = ["audio"];

export default function LibraryContent({ tab }: { tab: Exclude<ListTab, "shots"> }) {
  if (tab === "media") {
    return (
      <>
        <h2 className="sr-only">Media</h2>
        <MediaTab />
      </>
    );
  }
  if (tab === "text") return <TextTab />;
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <h2 className="sr-only">Audio</h2>
      <AudioTab />
      <div className="pt-3">
        <ItemList kinds={SOUNDS} />
      </div>
    </div>
  );
}

function TextTab() {
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <h2 className="sr-only">Text</h2>
      <div className="flex flex-col gap-2 px-3 pb-3">
        <TitlePresets />
        <AddItem />
      </div>
      <ItemList kinds={TEXTS} />
    </div>
  );
}
