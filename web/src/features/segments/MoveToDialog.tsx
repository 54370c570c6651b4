// Moving a segment, or all that are chosen, to a place by its number, for those who do not drag.
import { type FormEvent, useId, useState } from "react";
import { closeWindow, useWindow } from "@/commands/windows";
import { moveSegments } from "@/lib/actions/moveSegments";
import { useProject } from "@/lib/store/document";
import { chosenWith } from "@/lib/store/session";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Field, Input } from "@/ui/Field";

export default function MoveToDialog() {
  const { segments } = useProject();
  const id = useWindow((state) => state.segmentId);
  const [ids] = useState(() => (id === null ? [] : chosenWith(id)));
  const at = segments.findIndex((segment) => segment.id === ids[0]);
  const [draft, setDraft] = useState(String(at + 1));
  const form = useId();
  const place = Number(draft);
  /** The first of them can stand there. */
  const most = segments.length - ids.length + 1;
  const isWrong = !Number.isInteger(place) || place < 1 || place > most;
  if (at < 0) return null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isWrong) return;
    closeWindow();
    void moveSegments(ids, place - 1);
  };
  return (
    <Dialog
      isOpen
      onClose={closeWindow}
      title={ids.length === 1 ? `Move segment ${at + 1}` : `Move ${ids.length} segments`}
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
          aside={`1 to ${most}`}
          error={isWrong ? `Give a number from 1 to ${most}.` : null}
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
