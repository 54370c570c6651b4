// The notes in the corner of a clip: its state, what is changed, which take, and what it will cost.
import { memo } from "react";
import type { PlanSegment, Segment } from "@/api/types";
import { changeNote, costNote, takeNote } from "@/engine/clipNotes";
import { type ClipState, hasPicture } from "@/engine/clipState";
import { cn } from "@/lib/cn";
import { useTakes } from "@/lib/queries";
import { STATE_LOOK } from "@/lib/stateLook";
import { TONES, type Tone } from "@/ui/Badge";

/** Dark over pictures, in both themes; on a clip without one as anywhere else in the theme. */
const ON_PICTURE: Record<Tone, string> = {
  neutral: "bg-black/65 text-white/85",
  accent: "bg-accent text-accent-ink",
  good: "bg-black/65 text-white/85",
  warn: "bg-[#3a2c0c] text-[#f8cf7d]",
  bad: "bg-[#451c1a] text-[#ffb4ad]",
};

/** "Not made yet" with its sign is not cut. */
const ROOM_FOR_NOTES_PX = 108;

interface ClipNotesProps {
  segment: Segment;
  state: ClipState;
  planned: PlanSegment | undefined;
  width: number;
}

export const ClipNotes = memo(function ClipNotes(props: ClipNotesProps) {
  const { segment, state, planned, width } = props;
  const look = STATE_LOOK[state];
  const cost = costNote(planned);
  const isTight = width < ROOM_FOR_NOTES_PX;
  const chip = hasPicture(segment) ? ON_PICTURE : TONES;
  return (
    <span
      className={cn(
        "pointer-events-none absolute inset-x-1.5 top-1.5 flex flex-wrap-reverse justify-end gap-1",
        isTight && "sr-only",
      )}
    >
      {cost && <Note look={chip.neutral}>{cost}</Note>}
      {segment.take_count > 1 && <Takes segment={segment} look={chip.neutral} />}
      {state !== "generating" && (
        <Note look={chip[look.tone]} isQuiet={look.tone === "good"}>
          {look.icon}
          <span className="truncate">{changeNote(state, planned) ?? look.label}</span>
        </Note>
      )}
    </span>
  );
});

/** Which take is shown. A choice that the server has not heard of yet is known where it was made. */
function Takes({ segment, look }: { segment: Segment; look: string }) {
  const takes = useTakes(segment.id, false).data;
  const chosen = takes?.find(({ id }) => id === segment.take_id)?.number;
  return <Note look={look}>{takeNote(chosen ?? segment.take_number, segment.take_count)}</Note>;
}

interface NoteProps {
  /** Its colours. */
  look: string;
  /** Said, but not shown. */
  isQuiet?: boolean;
  children: React.ReactNode;
}

function Note({ look, isQuiet, children }: NoteProps) {
  return (
    <span
      className={cn(
        "flex h-5 max-w-full items-center gap-1 rounded-md px-1.5 text-2xs font-medium tabular-nums [&>svg]:size-3 [&>svg]:shrink-0",
        look,
        isQuiet && "sr-only",
      )}
    >
      {children}
    </span>
  );
}
