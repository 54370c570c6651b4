// Which part of the clip the film uses, in seconds from its start.
import { useState } from "react";
import type { Segment, Trim } from "@/api/types";
import { editSegment } from "@/lib/actions/editSegment";
import { WHOLE } from "@/lib/actions/perform";
import { type FindProblem, useSegmentProblems } from "@/lib/hooks/useProblems";
import { Field, Input } from "@/ui/Field";
import { at } from "./parts";

interface TrimFieldsProps {
  segment: Segment;
  /** A picture has no start and end, only a time for which it is shown. */
  isStill?: boolean;
}

export function TrimFields({ segment, isStill }: TrimFieldsProps) {
  const find = useSegmentProblems(segment.id);
  const set = (edge: "start" | "end", seconds: number | null) => {
    const next: Trim = { start: 0, end: null, ...segment.trim, [edge]: seconds };
    const isWhole = next.start === 0 && next.end === null;
    editSegment(segment.id, { trim: isWhole ? null : next }, WHOLE);
  };
  if (isStill) {
    return (
      <Seconds
        key={segment.id}
        label="Shown for"
        value={segment.trim?.end ?? null}
        placeholder="4"
        {...at(either(find), "trim.end")}
        onChange={(seconds) =>
          editSegment(
            segment.id,
            { trim: seconds === null ? null : { start: 0, end: seconds } },
            WHOLE,
          )
        }
      />
    );
  }
  return (
    <div className="grid grid-cols-2 gap-3">
      <Seconds
        key={`${segment.id}-start`}
        label="Start at"
        value={segment.trim?.start ?? null}
        placeholder="0"
        {...at(either(find), "trim.start")}
        onChange={(seconds) => set("start", seconds ?? 0)}
      />
      <Seconds
        key={`${segment.id}-end`}
        label="End at"
        value={segment.trim?.end ?? null}
        placeholder="End of clip"
        {...at(find, "trim.end")}
        onChange={(seconds) => set("end", seconds)}
      />
    </div>
  );
}

/** The first of the fields also says what is wrong with the trim as a whole. */
const either =
  (find: FindProblem): FindProblem =>
  (edge) =>
    find(edge) ?? find("trim");

interface SecondsProps {
  label: string;
  value: number | null;
  placeholder: string;
  error: string | undefined;
  fix: string | null | undefined;
  onChange: (seconds: number | null) => void;
}

function Seconds({ label, value, placeholder, error, fix, onChange }: SecondsProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const number = Number((draft ?? "").replace(",", "."));
  const isWrong = draft !== null && (!Number.isFinite(number) || number < 0);
  return (
    <Field
      label={label}
      aside="seconds"
      error={isWrong ? "Give seconds, such as 1.5" : error}
      fix={isWrong ? undefined : fix}
    >
      {({ id, describedBy, isInvalid }) => (
        <Input
          id={id}
          aria-describedby={describedBy}
          aria-invalid={isInvalid || undefined}
          inputMode="decimal"
          placeholder={placeholder}
          value={draft ?? value ?? ""}
          className="tabular-nums"
          onChange={(event) => setDraft(event.target.value)}
          onBlur={() => {
            if (draft === null || isWrong) return;
            onChange(draft.trim() === "" ? null : number);
            setDraft(null);
          }}
          onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
        />
      )}
    </Field>
  );
}
