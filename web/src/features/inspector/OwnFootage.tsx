// The file behind a segment that was uploaded.

import { shortSeconds } from "@/engine/timecode";
import { useMedia } from "@/lib/queries";

export function OwnFootage({ mediaId }: { mediaId: string }) {
  const { data: media } = useMedia(mediaId);
  if (!media) return <div className="h-16 animate-shimmer rounded-xl bg-raised" />;
  const facts = [
    media.kind === "video" ? "Video" : "Picture",
    media.width && media.height ? `${media.width} × ${media.height}` : null,
    media.duration_seconds ? shortSeconds(media.duration_seconds) : null,
  ].filter(Boolean);
  return (
    <div className="flex items-center gap-3 rounded-xl border border-line bg-field p-2">
      {media.thumbnail_url && (
        <img src={media.thumbnail_url} alt="" className="h-12 w-20 rounded-lg object-cover" />
      )}
      <div className="min-w-0">
        <p className="truncate font-medium">{media.filename}</p>
        <p className="text-xs text-faint">{facts.join(" · ")}</p>
      </div>
    </div>
  );
}
