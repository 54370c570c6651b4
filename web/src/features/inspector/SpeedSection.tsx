// How fast, and which way round, the clip runs; and a frame that is held.
import type { Segment } from "@/api/types";
import { segmentSeconds } from "@/engine/clipState";
import { shortSeconds } from "@/engine/timecode";
import { changed, PLAIN_RETIME, type Retime } from "@/engine/treatment";
import { editSegment } from "@/lib/actions/editSegment";
import { WHOLE } from "@/lib/actions/perform";
import { useSegmentProblems } from "@/lib/hooks/useProblems";
import { Field } from "@/ui/Field";
import { NumberInput } from "@/ui/NumberInput";
import { SliderField } from "@/ui/SliderField";
import { SwitchRow } from "@/ui/SwitchRow";
import { at, Why } from "./parts";

/** `isStill`: a picture does not run. */
export function SpeedSection({ segment, isStill }: { segment: Segment; isStill: boolean }) {
  const find = useSegmentProblems(segment.id);
  const retime: Retime = { ...PLAIN_RETIME, ...segment.retime };
  const { freeze } = retime;
  const change = (part: Partial<Retime>, control: string | null) =>
    editSegment(segment.id, { retime: changed(PLAIN_RETIME, segment.retime, part) }, control);
  return (
    <>
      {isStill && <Why>A picture stands still. How long it is shown is set under Clip.</Why>}
      <SliderField
        label="Speed"
        unit="×"
        value={retime.speed}
        neutral={1}
        min={0.25}
        max={4}
        step={0.05}
        isDisabled={isStill}
        {...at(find, "retime.speed")}
        onChange={(speed) => change({ speed }, "speed")}
      />
      <SwitchRow
        label="Backwards"
        isOn={retime.reverse}
        isDisabled={isStill}
        onChange={(reverse) => change({ reverse }, WHOLE)}
      />
      <SwitchRow
        label="Hold a frame"
        isOn={freeze !== null}
        isDisabled={isStill}
        onChange={(isOn) => change({ freeze: isOn ? { at: 0, seconds: 1 } : null }, WHOLE)}
      />
      {freeze && (
        <div className="grid grid-cols-2 gap-3">
          <Field label="Frame at" aside="of the clip" {...at(find, "freeze.at")}>
            {({ id, describedBy, isInvalid }) => (
              <NumberInput
                id={id}
                describedBy={describedBy}
                isInvalid={isInvalid}
                isDisabled={isStill}
                value={freeze.at}
                unit="s"
                step={0.1}
                min={0}
                onChange={(moment) =>
                  moment !== null && change({ freeze: { ...freeze, at: moment } }, "held frame")
                }
              />
            )}
          </Field>
          <Field label="Held for" {...at(find, "freeze.seconds")}>
            {({ id, describedBy, isInvalid }) => (
              <NumberInput
                id={id}
                describedBy={describedBy}
                isInvalid={isInvalid}
                isDisabled={isStill}
                value={freeze.seconds}
                unit="s"
                step={0.1}
                min={0.1}
                onChange={(seconds) =>
                  seconds !== null && change({ freeze: { ...freeze, seconds } }, "held for")
                }
              />
            )}
          </Field>
        </div>
      )}
      {!isStill && (
        <p className="text-2xs text-faint">
          Shown for {shortSeconds(segmentSeconds(segment))}. The pitch of its sound is kept.
        </p>
      )}
    </>
  );
}
