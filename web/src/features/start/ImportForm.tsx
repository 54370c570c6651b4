// Own clips as the beginning of a film.
import { Film } from "lucide-react";
import { addSegment } from "@/lib/actions/addSegment";
import { ACCEPTED_FOOTAGE, useUpload } from "@/lib/hooks/useUpload";
import { FileButton } from "@/ui/FileButton";

export function ImportForm() {
  const { upload, send } = useUpload(async (media) => {
    await addSegment({ media: media.id });
  });
  return (
    <div className="flex flex-col items-center gap-3 rounded-2xl border-2 border-dashed border-line px-6 py-10">
      <Film aria-hidden className="size-8 text-muted" strokeWidth={1.5} />
      <p className="text-center text-muted">
        <span className="max-sm:hidden">
          Drop clips and pictures anywhere on the page, in the order of the film.
        </span>
        <span className="sm:hidden">Clips and pictures, in the order of the film.</span>
        <span className="block text-xs">MP4, MOV, WebM, PNG, JPEG or WebP</span>
      </p>
      <FileButton
        label="Choose files"
        accept={ACCEPTED_FOOTAGE}
        isMultiple
        share={upload?.share ?? null}
        onFiles={(files) => void send(files)}
      />
      <p role="status" className="h-4 text-xs text-muted">
        {upload ? `Sending ${upload.name}` : ""}
      </p>
    </div>
  );
}
