// What the inspector offers for a segment beside what the clip itself is.
import type { Media, Segment } from "@/api/types";
import { FrameSection } from "@/features/inspector/FrameSection";
import { LookSection } from "@/features/inspector/LookSection";
import { SoundSection } from "@/features/inspector/SoundSection";
import { SpeedSection } from "@/features/inspector/SpeedSection";
import { TransitionSection } from "@/features/inspector/TransitionSection";
import { useMedia } from "@/lib/queries";
import type { InspectorTab } from "@/lib/store/session";

interface SegmentSectionsProps {
  segment: Segment;
  tab: Exclude<InspectorTab, "about">;
}

export function SegmentSections({ segment, tab }: SegmentSectionsProps) {
  const { data: media } = useMedia(segment.media);
  switch (tab) {
    case "transition":
      return <TransitionSection segment={segment} />;
    case "speed":
      return <SpeedSection segment={segment} isStill={media?.kind === "image"} />;
    case "frame":
      return <FrameSection segment={segment} />;
    case "look":
      return <LookSection segment={segment} />;
    case "sound":
      return <SoundSection segment={segment} silence={silenceOf(media)} />;
  }
}

/** Why an own file has no sound of its own; null where it has, or where nothing is known. */
function silenceOf(media: Media | undefined): string | null {
  if (media?.kind === "image") return "A picture has no sound.";
  return media && !media.has_audio ? "This clip has no sound of its own." : null;
}
