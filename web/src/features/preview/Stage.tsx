// The room that the picture has, and a film in it.
import type { ReactNode, RefObject } from "react";

interface StageProps {
  /** Shape of the film, such as 16 / 9. */
  shape: number;
  /** The element that fills the screen when it is wanted. */
  stage?: RefObject<HTMLDivElement | null>;
  children: ReactNode;
}

/** Fits the film's shape into whatever room there is. */
export function Stage({ shape, stage, children }: StageProps) {
  return (
    <div className="@container-size flex min-h-0 flex-1 items-center justify-center">
      <div
        ref={stage}
        className="relative overflow-hidden rounded-xl bg-black shadow-[0_0_0_1px_var(--c-line)]"
        style={{ aspectRatio: shape, width: `min(100cqw, 100cqh * ${shape})` }}
      >
        {children}
      </div>
    </div>
  );
}

interface PictureProps {
  url: string;
  poster: string | null;
  label: string;
  isMuted: boolean;
  video: RefObject<HTMLVideoElement | null>;
  onClick: () => void;
}

export function Picture({ url, poster, label, isMuted, video, onClick }: PictureProps) {
  return (
    // The transport below is the keyboard's way; a click on the picture is only a shortcut to it.
    <video
      key={url}
      ref={video}
      src={url}
      poster={poster ?? undefined}
      preload="auto"
      playsInline
      muted={isMuted}
      aria-label={label}
      onClick={onClick}
      className="absolute inset-0 size-full object-contain"
    />
  );
}
