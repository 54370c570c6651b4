// A model's parameter that takes an uploaded file.
import { ImageUp, X } from "lucide-react";
import { ACCEPTED_FOOTAGE, useUpload } from "@/lib/hooks/useUpload";
import { useMedia } from "@/lib/queries";
import { FileButton } from "@/ui/FileButton";
import { IconButton } from "@/ui/IconButton";

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
      <FileButton
        label={`Choose ${label.toLowerCase()}`}
        accept={ACCEPTED_FOOTAGE}
        share={upload?.share}
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
