// From a script to shots, by the script's own structure.
import { FileText } from "lucide-react";
import { type FormEvent, useMemo, useState } from "react";
import { MOST_SHOTS, readScript, type ScriptReading } from "@/engine/script/readScript";
import { sayProblem } from "@/lib/toast";
import { TextArea } from "@/ui/Field";
import { FileButton } from "@/ui/FileButton";
import { AddShotsBar } from "./AddShotsBar";
import { ShotList } from "./ShotList";
import { useAddShots } from "./useAddShots";

const ACCEPTED = ".txt,.md,.markdown,.fountain,.srt,text/plain,text/markdown";
/** Bytes; a feature film's script has some 250,000. */
const LARGEST = 2_000_000;

export function ScriptForm() {
  const [text, setText] = useState("");
  const reading = useMemo(() => readScript(text), [text]);
  const { model, add } = useAddShots();

  function submit(event: FormEvent) {
    event.preventDefault();
    add(reading.shots);
  }

  async function open([file]: File[]) {
    if (file === undefined) return;
    if (file.size > LARGEST) {
      sayProblem(`${file.name} was not opened`, new Error("A script has at most 2 MB."));
      return;
    }
    setText(await file.text());
  }

  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <TextArea
        aria-label="Paste a script"
        autoFocus
        rows={7}
        value={text}
        placeholder={
          "1. A fishing boat leaves the harbour at dawn (5 s)\n2. Gulls over its wake\n3. The net comes up, full"
        }
        onChange={(event) => setText(event.target.value)}
        className="rounded-2xl p-4"
      />
      <div className="flex items-center justify-between gap-4">
        <p role="status" className="text-left text-xs text-muted">
          {describe(reading)}
        </p>
        <FileButton
          label="Open a file"
          icon={<FileText />}
          accept={ACCEPTED}
          look="quiet"
          size="sm"
          onFiles={(files) => void open(files)}
        />
      </div>
      {reading.shots.length > 0 && <ShotList shots={reading.shots} />}
      <AddShotsBar shots={reading.shots} model={model} />
    </form>
  );
}

const STRUCTURES: Record<ScriptReading["structure"], string> = {
  screenplay: "Read as a screenplay: a shot for each paragraph of action",
  list: "Read as a list: a shot for each item",
  timecodes: "Read by its times: a shot for each",
  paragraphs: "A shot for each paragraph",
  sentences: "A shot for each sentence",
};

function describe({ structure, shots, leftOut }: ScriptReading): string {
  if (shots.length === 0)
    return "A list, times, paragraphs, or a screenplay with INT. and EXT. all work.";
  const rest = leftOut === 0 ? "" : `; ${leftOut} ${leftOut === 1 ? "line" : "lines"} left out`;
  const most = shots.length === MOST_SHOTS ? `; the first ${MOST_SHOTS} are taken` : "";
  return `${STRUCTURES[structure]}${rest}${most}.`;
}
