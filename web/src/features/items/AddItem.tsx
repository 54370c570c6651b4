// Adding captions, or a picture over the film.
import { useState } from "react";
import { addPicture } from "@/lib/actions/addFromLibrary";
import { ACCEPTED_IMAGES, useUpload } from "@/lib/hooks/useUpload";
import { useProject } from "@/lib/store/document";
import { Button } from "@/ui/Button";
import { FileButton } from "@/ui/FileButton";
import { CaptionDialog } from "./CaptionDialog";
import { KIND_ICON } from "./kindIcon";

export function AddItem() {
  const isEmpty = useProject().segments.length === 0;
  const [isCaptioning, setCaptioning] = useState(false);
  const { upload, send } = useUpload((media) => {
    if (media.kind !== "image") throw new Error("Choose a PNG, JPEG or WebP.");
    return addPicture(media);
  });
  return (
    <div className="grid grid-cols-2 gap-1.5">
      <Button size="sm" disabled={isEmpty} onClick={() => setCaptioning(true)}>
        {KIND_ICON.caption} Captions
      </Button>
      <FileButton
        label="Image"
        size="sm"
        icon={KIND_ICON.image}
        accept={ACCEPTED_IMAGES}
        share={upload?.share}
        isDisabled={isEmpty}
        onFiles={(files) => void send(files)}
      />
      {isCaptioning && <CaptionDialog onClose={() => setCaptioning(false)} />}
    </div>
  );
}
