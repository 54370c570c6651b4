// The file behind an image or a sound, and putting another in its place.
import { shortSeconds } from "@/engine/timecode";
import { useUpload } from "@/lib/hooks/useUpload";
import { useMedia } from "@/lib/queries";
import { FileButton } from "@/ui/FileButton";
import { at, type ItemForm } from "./form";
import { KIND_ICON } from "./kindIcon";

export function FileOf({ form, accept }: { form: ItemForm; accept: string }) {
  const { item, find, change } = form;
  const { data: media } = useMedia(item.media);
  const { upload, send } = useUpload((file) => change({ media: file.id }));
  const { error, fix } = at(find, "media");
  const facts = media?.duration_seconds
    ? shortSeconds(media.duration_seconds)
    : media?.width
      ? `${media.width} × ${media.height}`
      : null;
  const picture = media?.thumbnail_url ?? (media?.kind === "image" ? media.url : null);
  return (
    <div>
      <div className="flex items-center gap-2.5 rounded-xl border border-line bg-field p-2">
        {picture ? (
          <img src={picture} alt="" className="h-10 w-16 rounded-lg bg-raised object-contain" />
        ) : (
          <span className="flex size-10 items-center justify-center rounded-lg bg-raised text-faint [&>svg]:size-5">
            {KIND_ICON[item.kind]}
          </span>
        )}
        <div className="min-w-0 flex-1">
          <p className="truncate text-xs font-medium">{media?.filename ?? "File"}</p>
          <p className="text-2xs text-faint">{facts}</p>
        </div>
        <FileButton
          label="Replace"
          size="sm"
          look="quiet"
          accept={accept}
          share={upload?.share}
          onFiles={(files) => void send(files.slice(0, 1))}
        />
      </div>
      {error && (
        <p role="alert" className="mt-1.5 text-xs text-bad">
          {error} {fix}
        </p>
      )}
    </div>
  );
}
