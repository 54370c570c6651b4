// In and out of a segment in numbers, for those who do not drag.
import { type FormEvent, useId, useState } from "react";
import type { Segment } from "@/api/types";
import { closeWindow, useWindow } from "@/commands/windows";
import { shortSeconds } from "@/engine/timecode";
import { editSegment } from "@/lib/actions/editSegment";
import { WHOLE } from "@/lib/actions/perform";
import { useProject } from "@/lib/store/document";
import { announce } from "@/lib/store/session";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Field, Input } from "@/ui/Field";
import { readTrim, type TrimDraft } from "./trimDraft";

export default function TrimDialog() {
  const { segments } = useProject();
  const id = useWindow((state) => state.segmentId);
  const segment = segments.find((other) => other.id === id);
  return segment ? <Trim segment={segment} /> : null;
}

function Trim({ segment }: { segment: Segment }) {
  const { trim: now, duration_seconds: length } = segment;
  const [draft, setDraft] = useState<TrimDraft>({
    start: String(now?.start ?? 0),
    end: now?.end == null ? "" : String(now.end),
  });
  const form = useId();
  const { trim, startError, endError } = readTrim(draft, length);
  const isWrong = startError !== null || endError !== null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isWrong) return;
    closeWindow();
    editSegment(segment.id, { trim }, WHOLE);
    announce(`Segment ${segment.order_index + 1} trimmed`);
  };
  return (
    <Dialog
      isOpen
      onClose={closeWindow}
      title={`In and out of segment ${segment.order_index + 1}`}
      description={length === null ? undefined : `The clip is ${shortSeconds(length)} long.`}
      footer={
        <>
          <Button look="quiet" onClick={closeWindow}>
            Cancel
          </Button>
          <Button look="primary" type="submit" form={form} disabled={isWrong}>
            Set
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} className="grid grid-cols-2 gap-3">
        <Seconds
          label="In"
          isFirst
          value={draft.start}
          placeholder="Start of the clip"
          error={startError}
          onChange={(start) => setDraft({ ...draft, start })}
        />
        <Seconds
          label="Out"
          value={draft.end}
          placeholder="End of the clip"
          error={endError}
          onChange={(end) => setDraft({ ...draft, end })}
        />
        {/* Enter in a field of a form with several fields needs a button inside of it. */}
        <button type="submit" hidden tabIndex={-1} />
      </form>
    </Dialog>
  );
}

interface SecondsProps {
  label: string;
  value: string;
  placeholder: string;
  error: string | null;
  isFirst?: boolean;
  onChange: (value: string) => void;
}

function Seconds({ label, value, placeholder, error, isFirst, onChange }: SecondsProps) {
  return (
    <Field label={label} aside="seconds" error={error}>
      {(control) => (
        <Input
          id={control.id}
          aria-describedby={control.describedBy}
          aria-invalid={control.isInvalid || undefined}
          autoFocus={isFirst}
          inputMode="decimal"
          placeholder={placeholder}
          value={value}
          onFocus={(event) => event.target.select()}
          onChange={(event) => onChange(event.target.value)}
          className="tabular-nums"
        />
      )}
    </Field>
  );
}
