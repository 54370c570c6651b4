// Moving a segment to a place by its number, for those who do not drag.
import { type FormEvent, useId, useState } from "react";
import { closeWindow, useWindow } from "@/commands/windows";
import { moveSegmentTo } from "@/lib/actions/moveSegmentTo";
import { useProject } from "@/lib/store/document";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Field, Input } from "@/ui/Field";

export default function MoveToDialog() {
  const { segments } = useProject();
  const id = useWindow((state) => state.segmentId);
  const at = segments.findIndex((segment) => segment.id === id);
  const [draft, setDraft] = useState(String(at + 1));
  const form = useId();
  const place = Number(draft);
  const isWrong = !Number.isInteger(place) || place < 1 || place > segments.length;
  if (id === null || at < 0) return null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isWrong) return;
    closeWindow();
    void moveSegmentTo(id, place - 1);
  };
  return (
    <Dialog
      isOpen
      onClose={closeWindow}
      title={`Move segment ${at + 1}`}
      footer={
        <>
          <Button look="quiet" onClick={closeWindow}>
            Cancel
          </Button>
          <Button look="primary" type="submit" form={form} disabled={isWrong}>
            Move
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit}>
        <Field
          label="New position"
          aside={`1 to ${segments.length}`}
          error={isWrong ? `Give a number from 1 to ${segments.length}.` : null}
        >
          {(control) => (
            <Input
              id={control.id}
              aria-describedby={control.describedBy}
              aria-invalid={control.isInvalid || undefined}
              autoFocus
              inputMode="numeric"
              value={draft}
              onFocus={(event) => event.target.select()}
              onChange={(event) => setDraft(event.target.value)}
              className="tabular-nums"
            />
          )}
        </Field>
      </form>
    </Dialog>
  );
}
