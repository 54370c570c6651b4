// Every key of the editor: find one, change it, take another editor's, carry them to another machine.
import { Search } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { type Command, SECTIONS } from "@/commands/command";
import { CLIP_KEYS } from "@/commands/focusKeys";
import { COMMANDS } from "@/commands/registry";
import { closeWindow } from "@/commands/windows";
import { Dialog } from "@/ui/Dialog";
import { Input } from "@/ui/Field";
import { FixedKeys } from "./FixedKeys";
import { matching, matchingFixed } from "./matching";
import { PresetBar } from "./PresetBar";
import { ShortcutRow } from "./ShortcutRow";

const ON_CLIP = "On a clip that has the focus";

export default function ShortcutSheet() {
  const [words, setWords] = useState("");
  const [recordingId, setRecordingId] = useState<string | null>(null);
  const wanted = useDeferredValue(words);
  const found = matching(COMMANDS, wanted);
  const onClip = matchingFixed(CLIP_KEYS, ON_CLIP, wanted);
  return (
    <Dialog
      isOpen
      // Escape first leaves the recording, then the sheet.
      onClose={() => (recordingId === null ? closeWindow() : setRecordingId(null))}
      title="Keyboard shortcuts"
      description="Click on the plus beside a command, then press its new keys."
      className="top-[6vh] max-h-[88vh] max-w-2xl"
      footer={<PresetBar />}
    >
      <div className="relative mb-2">
        <Search aria-hidden className="absolute top-2 left-2.5 size-4 text-faint" />
        <Input
          type="search"
          autoFocus
          aria-label="Search for a command or a key"
          placeholder="Search for a command or a key"
          value={words}
          onChange={(event) => setWords(event.target.value)}
          className="pl-8.5"
        />
      </div>
      {found.length === 0 && onClip.length === 0 && (
        <p className="py-8 text-center text-muted">No command has these words or keys.</p>
      )}
      {SECTIONS.map((section) => (
        <Section
          key={section}
          name={section}
          commands={found.filter((command) => command.section === section)}
          recordingId={recordingId}
          onRecord={setRecordingId}
        />
      ))}
      <FixedKeys name={ON_CLIP} keys={onClip} />
    </Dialog>
  );
}

interface SectionProps {
  name: string;
  commands: readonly Command[];
  recordingId: string | null;
  onRecord: (id: string | null) => void;
}

function Section({ name, commands, recordingId, onRecord }: SectionProps) {
  if (commands.length === 0) return null;
  return (
    <section aria-label={name} className="pb-3">
      <h3 className="py-1 text-2xs font-medium text-faint">{name}</h3>
      <ul className="divide-y divide-line rounded-xl border border-line">
        {commands.map((command) => (
          <ShortcutRow
            key={command.id}
            command={command}
            isRecording={command.id === recordingId}
            onRecord={(isRecording) => onRecord(isRecording ? command.id : null)}
          />
        ))}
      </ul>
    </section>
  );
}
