// A finished film, as it was rendered.
import { useRef } from "react";
import type { RenderJob } from "@/api/types";
import { framesPerSecond } from "@/engine/frameRate";
import { useRenders } from "@/lib/queries";
import { useProject } from "@/lib/store/document";
import { usePlayer } from "@/lib/store/player";
import { Picture, Stage } from "./Stage";
import { usePlayback } from "./usePlayback";

export function FilmView({ film }: { film: RenderJob | undefined }) {
  const { id, settings } = useProject();
  const isKnown = useRenders(id).isSuccess;
  const video = useRef<HTMLVideoElement>(null);
  const isMuted = usePlayer((state) => state.isMuted);
  const url = film?.video_url ?? null;
  usePlayback(video, url, framesPerSecond(settings.fps));
  return (
    <Stage shape={settings.width / settings.height}>
      {url === null ? (
        isKnown && <NoFilm />
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

function NoFilm() {
  return (
    <div className="absolute inset-0 flex flex-col items-center justify-center gap-1 bg-[#101218] text-center">
      <p className="text-base font-medium text-white/90">No film yet</p>
      <p className="text-xs text-white/60">Press Render, and watch it here.</p>
    </div>
  );
}
