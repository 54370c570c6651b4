// What the segment should show, in words.
import type { FieldProblem } from "@/api/problem";
import type { Segment } from "@/api/types";
import { editSegment } from "@/lib/actions/editSegment";
import { Field, TextArea } from "@/ui/Field";

export function PromptField({
  segment,
  problem,
}: {
  segment: Segment;
  problem: FieldProblem | undefined;
}) {
  const isEmpty = segment.media === null && segment.prompt.trim() === "";
  return (
    <Field
      label="Prompt"
      error={problem?.message ?? (isEmpty ? "Describe what the shot shows" : null)}
      fix={problem?.fix}
    >
      {({ id, describedBy, isInvalid }) => (
        <TextArea
          id={id}
          aria-describedby={describedBy}
          aria-invalid={isInvalid || undefined}
          rows={4}
          value={segment.prompt}
          placeholder="What happens, how it looks, how the camera moves"
          className="field-sizing-content max-h-56 min-h-24"
          onChange={(event) => editSegment(segment.id, { prompt: event.target.value })}
        />
      )}
    </Field>
  );
}
