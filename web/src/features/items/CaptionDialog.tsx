// Bringing captions in: pasted, or from an SRT or WebVTT file.
import { FileText } from "lucide-react";
import { useState } from "react";
import { type ApiProblem, asProblem } from "@/api/problem";
import { cuesIn } from "@/engine/cues";
import { addItem } from "@/lib/actions/addItem";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Field, TextArea } from "@/ui/Field";
import { FileButton } from "@/ui/FileButton";
import { EncodingChoice } from "./EncodingChoice";
import { useTextFile } from "./useTextFile";

export const CAPTION_FILES = ".srt,.vtt,text/vtt";
const EXAMPLE = "1\n00:00:00,500 --> 00:00:02,500\nWhat is being said";

export function CaptionDialog({ onClose }: { onClose: () => void }) {
  const [captions, setCaptions] = useState("");
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const count = cuesIn(captions).length;
  const file = useTextFile(write);

  function write(text: string) {
    setCaptions(text);
    setProblem(null);
  }

  async function add() {
    setBusy(true);
    try {
      await addItem({ kind: "caption", captions });
      onClose();
    } catch (error) {
      setProblem(asProblem(error));
      setBusy(false);
    }
  }

  const footer = (
    <>
      <FileButton
        label="Choose a file"
        look="quiet"
        icon={<FileText />}
        accept={CAPTION_FILES}
        className="mr-auto -ml-2"
        onFiles={file.pick}
      />
      <Button look="quiet" onClick={onClose}>
        Cancel
      </Button>
      <Button
        look="primary"
        disabled={captions.trim() === "" || file.bytes !== null}
        isBusy={isBusy}
        onClick={() => void add()}
      >
        Add captions
      </Button>
    </>
  );
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Captions"
      description="Paste SRT or WebVTT, or choose a file."
      footer={footer}
      className="max-w-xl"
    >
      <Field
        label="Captions"
        aside={count > 0 ? `${count} found` : undefined}
        error={problem?.fields[0]?.message ?? problem?.message}
        fix={problem?.fields[0]?.fix}
      >
        {({ id, describedBy, isInvalid }) => (
          <TextArea
            id={id}
            aria-describedby={describedBy}
            aria-invalid={isInvalid || undefined}
            rows={10}
            value={captions}
            placeholder={EXAMPLE}
            onChange={(event) => write(event.target.value)}
            className="font-mono text-xs"
          />
        )}
      </Field>
      {file.bytes && (
        <div className="mt-3">
          <EncodingChoice bytes={file.bytes} settle={file.settle} />
        </div>
      )}
    </Dialog>
  );
}
