// Adding a text, captions, an image or a sound.
import { useState } from "react";
import { addItem } from "@/lib/actions/addItem";
import { useFilmLayout } from "@/lib/hooks/useFilmLayout";
import { ACCEPTED_IMAGES, ACCEPTED_SOUND, useUpload } from "@/lib/hooks/useUpload";
import type { NewItem } from "@/lib/itemRequests";
import { usePlayer } from "@/lib/store/player";
import { sayProblem } from "@/lib/toast";
import { Button } from "@/ui/Button";
import { FileButton } from "@/ui/FileButton";
import { CaptionDialog } from "./CaptionDialog";
import { KIND_ICON } from "./kindIcon";
import { FRESH_TEXT } from "./TextForm";

const TEXT_SECONDS = 3;

export function AddItem() {
  const { total } = useFilmLayout();
  const [isCaptioning, setCaptioning] = useState(false);
  const image = useUpload(async (media) => {
    if (media.kind !== "image") throw new Error("Choose a PNG or JPEG.");
    await addItem({ kind: "image", media: media.id });
  });
  const sound = useUpload(async (media) => {
    if (!media.has_audio) throw new Error("There is no sound in this file.");
    await addItem({ kind: "audio", media: media.id });
  });
  const isEmpty = total === 0;
  return (
    <div className="px-3 pb-2">
      <div className="grid grid-cols-2 gap-1.5">
        <Button size="sm" disabled={isEmpty} onClick={() => void add(newText(total))}>
          {KIND_ICON.text} Text
        </Button>
        <Button size="sm" disabled={isEmpty} onClick={() => setCaptioning(true)}>
          {KIND_ICON.caption} Captions
        </Button>
        <FileButton
          label="Image"
          size="sm"
          icon={KIND_ICON.image}
          accept={ACCEPTED_IMAGES}
          share={image.upload?.share}
          isDisabled={isEmpty}
          onFiles={(files) => void image.send(files)}
        />
        <FileButton
          label="Sound"
          size="sm"
          icon={KIND_ICON.audio}
          accept={ACCEPTED_SOUND}
          share={sound.upload?.share}
          isDisabled={isEmpty}
          onFiles={(files) => void sound.send(files)}
        />
      </div>
      {isEmpty && <p className="mt-2 text-2xs text-faint">Add a segment first.</p>}
      {isCaptioning && <CaptionDialog onClose={() => setCaptioning(false)} />}
    </div>
  );
}

/** At the playhead, or as near to it as there is film left to show it on. */
function newText(total: number): NewItem {
  const start = Math.max(0, Math.min(usePlayer.getState().time, total - TEXT_SECONDS));
  const begin = Number(start.toFixed(2));
  const end = Number(Math.min(total, begin + TEXT_SECONDS).toFixed(2));
  return { kind: "text", text: FRESH_TEXT, preset: "title", start: begin, end };
}

async function add(item: NewItem): Promise<void> {
  try {
    await addItem(item);
  } catch (error) {
    sayProblem("It was not added", error);
  }
}
