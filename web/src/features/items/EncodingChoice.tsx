// What encoding a caption file is in, asked for with what its words then are.
import { TriangleAlert } from "lucide-react";
import { useState } from "react";
import { type Cue, cuesIn } from "@/engine/cues";
import { ENCODINGS, textIn } from "@/engine/textBytes";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { Select } from "@/ui/Select";
import type { TextFile } from "./useTextFile";

interface EncodingChoiceProps {
  bytes: Uint8Array;
  settle: TextFile["settle"];
}

export function EncodingChoice({ bytes, settle }: EncodingChoiceProps) {
  const [encoding, setEncoding] = useState<string>(ENCODINGS[0].value);
  const text = textIn(bytes, encoding);
  const sample = text === null ? undefined : sampleOf(cuesIn(text));
  return (
    <section
      aria-label="Encoding of the file"
      className="flex flex-col gap-2.5 rounded-xl border border-warn/30 bg-warn-soft p-3"
    >
      <p className="flex gap-2 font-medium">
        <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
        The file is not UTF-8. Choose the encoding in which its words are right.
      </p>
      <Field
        label="Encoding"
        error={text === null ? "Some of the file cannot be in this encoding." : undefined}
        fix="Choose another, or save the file as UTF-8."
      >
        {({ id, describedBy, isInvalid }) => (
          <Select
            id={id}
            describedBy={describedBy}
            isInvalid={isInvalid}
            value={encoding}
            groups={[{ options: ENCODINGS }]}
            onChange={setEncoding}
          />
        )}
      </Field>
      {text !== null && (
        <p
          aria-live="polite"
          dir="auto"
          data-testid="sample"
          className="line-clamp-3 rounded-lg bg-field px-2.5 py-2 whitespace-pre-line"
        >
          {sample?.text ?? "No captions are found in it."}
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        <Button size="sm" disabled={text === null} onClick={() => settle(text)}>
          Use these words
        </Button>
        <Button size="sm" look="quiet" onClick={() => settle(null)}>
          Leave the file
        </Button>
      </div>
    </section>
  );
}

/** The first that differs from one encoding to another, or else the first. */
const sampleOf = (cues: readonly Cue[]) => cues.find(({ text }) => OTHER.test(text)) ?? cues[0];

const OTHER = /[^\p{ASCII}]/u;
