// How the next segment takes this one's place.
import type { Segment } from "@/api/types";
import { easingOptions } from "@/engine/easings";
import { transitionRoom } from "@/engine/filmLayout";
import { shortSeconds } from "@/engine/timecode";
import { editSegment } from "@/lib/actions/editSegment";
import { WHOLE } from "@/lib/actions/perform";
import { useFilmLayout } from "@/lib/hooks/useFilmLayout";
import { useSegmentProblems } from "@/lib/hooks/useProblems";
import type { Vocabulary } from "@/lib/itemRequests";
import { useVocabulary } from "@/lib/queries";
import { useProject } from "@/lib/store/document";
import { Field } from "@/ui/Field";
import { type OptionGroup, Select } from "@/ui/Select";
import { SliderField } from "@/ui/SliderField";
import { BridgeButton } from "./BridgeButton";
import { at, Why } from "./parts";

const CUT = "cut";
/** The slider's step; the server rounds to whole frames. */
const STEP = 0.05;
const SHORTEST = 0.05;

type Entry = Vocabulary["transitions"][number];

export function TransitionSection({ segment }: { segment: Segment }) {
  const { segments } = useProject();
  const vocabulary = useVocabulary().data;
  const layout = useFilmLayout();
  const find = useSegmentProblems(segment.id);
  const isLast = segment.order_index === segments.length - 1;
  const room = transitionRoom(layout, segment.order_index);
  const { transition } = segment;
  const entry = vocabulary?.transitions.find(({ name }) => name === transition?.kind);
  const usual = entry?.duration ?? 0.5;
  const duration = transition?.duration ?? usual;

  const choose = (kind: string) => {
    const chosen = vocabulary?.transitions.find(({ name }) => name === kind);
    if (chosen === undefined) return editSegment(segment.id, { transition: null }, WHOLE);
    const length = Math.max(SHORTEST, Math.min(chosen.duration, Math.floor(room * 100) / 100));
    const { easing } = chosen;
    editSegment(segment.id, { transition: { kind, duration: length, easing } }, WHOLE);
  };
  const change = (part: Partial<NonNullable<typeof transition>>, control: string | null) =>
    transition && editSegment(segment.id, { transition: { ...transition, ...part } }, control);

  return (
    <>
      {isLast && (
        <Why>
          This is the last segment, so it leads nowhere.
          {transition && " Its transition counts once another segment follows."}
        </Why>
      )}
      <Field label="Into the next segment" {...at(find, "transition.kind")}>
        {({ id, describedBy, isInvalid }) => (
          <Select
            id={id}
            describedBy={describedBy}
            isInvalid={isInvalid}
            isDisabled={isLast || vocabulary === undefined}
            value={transition?.kind ?? CUT}
            groups={kinds(vocabulary?.transitions ?? [])}
            onChange={choose}
          />
        )}
      </Field>
      {entry && <p className="-mt-2.5 text-2xs text-faint">{entry.description}</p>}
      {transition && (
        <>
          <SliderField
            label="Duration"
            unit="s"
            value={duration}
            neutral={usual}
            min={SHORTEST}
            max={Math.max(SHORTEST + STEP, Math.floor(Math.min(room, 5) / STEP) * STEP)}
            step={STEP}
            isDisabled={isLast}
            {...tooLong(isLast ? Infinity : room, duration)}
            {...(find("transition.duration") && at(find, "transition.duration"))}
            onChange={(seconds) => change({ duration: seconds }, "duration")}
          />
          <Field label="Pace" {...at(find, "transition.easing")}>
            {({ id, describedBy, isInvalid }) => (
              <Select
                id={id}
                describedBy={describedBy}
                isInvalid={isInvalid}
                isDisabled={isLast}
                value={transition.easing ?? entry?.easing ?? "linear"}
                groups={easingOptions(vocabulary?.easings ?? [])}
                onChange={(easing) => change({ easing }, WHOLE)}
              />
            )}
          </Field>
          {!isLast && (
            <p className="text-2xs text-faint">
              Both clips run during it, so the film gets {shortSeconds(duration)} shorter.
            </p>
          )}
        </>
      )}
      {!isLast && <BridgeButton segmentId={segment.id} />}
    </>
  );
}

function kinds(entries: readonly Entry[]): OptionGroup[] {
  const families = [...new Set(entries.map(({ family }) => family))];
  const cut = { value: CUT, label: "None, a cut" };
  return [
    { options: [cut] },
    ...families.map((family) => ({
      label: capital(family),
      options: entries
        .filter((entry) => entry.family === family)
        .map(({ name, label }) => ({ value: name, label })),
    })),
  ];
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

/** Said at once; the plan says it too, a moment later. */
function tooLong(room: number, duration: number) {
  if (duration <= room + 0.025) return {};
  return {
    error: `The clips have room for ${Number(room.toFixed(2))} s here.`,
    fix: "Make it shorter, or the clips longer.",
  };
}
