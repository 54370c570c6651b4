// A finished film, as it was rendered.
import { useRef } from "react";
import { asProblem } from "@/api/problem";
import type { RenderJob } from "@/api/types";
import { framesPerSecond } from "@/engine/frameRate";
import { useRenders } from "@/lib/queries";
import { useProject } from "@/lib/store/document";
import { usePlayer } from "@/lib/store/player";
import { LoadFailed } from "@/ui/LoadFailed";
import { Picture, Stage } from "./Stage";
import { usePlayback } from "./usePlayback";

export function FilmView({ film }: { film: RenderJob | undefined }) {
  const { id, settings } = useProject();
  const renders = useRenders(id);
  const video = useRef<HTMLVideoElement>(null);
  const isMuted = usePlayer((state) => state.isMuted);
  const url = film?.video_url ?? null;
  usePlayback(video, url, framesPerSecond(settings.fps));
  return (
    <Stage shape={settings.width / settings.height}>
      {url === null ? (
        <Nothing query={renders} />
      ) : (
        <Picture
          url={url}
          poster={film?.poster_url ?? null}
          label="Film"
          isMuted={isMuted}
          video={video}
          onClick={() => usePlayer.getState().player?.toggle()}
        />
      )}
    </Stage>
  );
}

/** That there is no film is said only once it is known. */
function Nothing({ query }: { query: ReturnType<typeof useRenders> }) {
  if (query.isPending) {
    return (
      <div
        role="status"
        aria-label="Loading the film"
        className="absolute inset-0 animate-shimmer bg-[#101218]"
      />
    );
  }
  return (
    <div className="absolute inset-0 flex flex-col items-center justify-center gap-1 bg-[#101218] text-center">
      {query.isSuccess ? (
        <>
          <p className="text-base font-medium text-white/90">No film yet</p>
          <p className="text-xs text-white/60">Press Render, and watch it here.</p>
        </>
      ) : (
        <div className="max-w-sm text-left text-ink">
          <LoadFailed
            title="The films could not be loaded"
            reason={asProblem(query.error).message}
            isBusy={query.isFetching}
            onRetry={() => void query.refetch()}
          />
        </div>
      )}
    </div>
  );
}
