// A model's parameter that takes an uploaded file.
import { ImageUp, X } from "lucide-react";
import { useMedia } from "@/lib/queries";
import { IconButton } from "@/ui/IconButton";
import { UploadButton } from "./UploadButton";
import { useUpload } from "./useUpload";

interface MediaFieldProps {
  value: string | null;
  onChange: (mediaId: string | undefined) => void;
  label: string;
}

export function MediaField({ value, onChange, label }: MediaFieldProps) {
  const { upload, send } = useUpload((media) => onChange(media.id));
  const media = useMedia(value);
  if (value === null) {
    return (
      <UploadButton
        label={`Choose ${label.toLowerCase()}`}
        upload={upload}
        onFiles={(files) => void send(files.slice(0, 1))}
        className="w-full"
      />
    );
  }
  return (
    <div className="flex items-center gap-2.5 rounded-lg border border-line bg-field p-1.5">
      {media.data?.thumbnail_url ? (
        <img src={media.data.thumbnail_url} alt="" className="h-8 w-12 rounded object-cover" />
      ) : (
        <span className="flex h-8 w-12 items-center justify-center rounded bg-raised text-faint">
          <ImageUp aria-hidden className="size-4" />
        </span>
      )}
      <span className="min-w-0 flex-1 truncate text-xs">
        {media.data?.filename ?? "Chosen file"}
      </span>
      <IconButton
        label={`Remove ${label.toLowerCase()}`}
        onClick={() => onChange(undefined)}
        className="size-7"
      >
        <X />
      </IconButton>
    </div>
  );
}
