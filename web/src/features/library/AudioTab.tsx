// Music, voices and effects that were sent: heard, and put on the film.
import { useDeferredValue, useEffect, useState } from "react";
import { asProblem } from "@/api/problem";
import type { Media } from "@/api/types";
import { matching } from "@/engine/library";
import { addSound, type SoundRole } from "@/lib/actions/addFromLibrary";
import { ACCEPTED_SOUND } from "@/lib/hooks/useUpload";
import { useProject } from "@/lib/store/document";
import { FileButton } from "@/ui/FileButton";
import { LoadFailed } from "@/ui/LoadFailed";
import { Spinner } from "@/ui/Spinner";
import { Choice } from "./Choice";
import { stopListening } from "./listen";
import { SearchBar } from "./SearchBar";
import { SoundRow } from "./SoundRow";
import { useFiles } from "./useLibrary";
import { useSend } from "./useSend";

const SOUNDS: ReadonlySet<Media["kind"]> = new Set(["sound"]);
const ROLES = [
  { value: "music", label: "Music" },
  { value: "voice", label: "Voice" },
  { value: "effect", label: "Effect" },
] as const;

export function AudioTab() {
  const { query, entries } = useFiles(SOUNDS);
  const isEmptyFilm = useProject().segments.length === 0;
  const { upload, send } = useSend();
  const [words, setWords] = useState("");
  const [isUnused, setUnused] = useState(false);
  const [role, setRole] = useState<SoundRole>("music");
  const found = matching(entries, { words: useDeferredValue(words), kinds: "all", isUnused });
  useEffect(() => stopListening, []);
  return (
    <>
      <SearchBar
        what="sounds"
        {...{ words, setWords, isUnused, setUnused }}
        choice={<Choice label="Add it as" value={role} options={ROLES} onChange={setRole} />}
        upload={
          <FileButton
            label="Upload"
            size="sm"
            isMultiple
            accept={ACCEPTED_SOUND}
            share={upload?.share}
            onFiles={(chosen) => void send(chosen)}
          />
        }
      />
      <div className="px-3">
        {query.isPending && <Spinner />}
        {query.isError && (
          <LoadFailed
            title="The sounds could not be loaded"
            reason={asProblem(query.error).message}
            onRetry={() => void query.refetch()}
          />
        )}
        {query.isSuccess && found.length === 0 && <Nothing isEmpty={entries.length === 0} />}
        {isEmptyFilm && found.length > 0 && (
          <p className="pb-2 text-2xs text-faint">Add a segment first.</p>
        )}
        <ul aria-label="Sounds" className="flex flex-col gap-1.5">
          {found.map((entry) => (
            <SoundRow
              key={entry.key}
              entry={entry}
              isDisabled={isEmptyFilm}
              onAdd={(file, time) => !isEmptyFilm && void addSound(file, role, time)}
            />
          ))}
        </ul>
      </div>
    </>
  );
}

function Nothing({ isEmpty }: { isEmpty: boolean }) {
  return (
    <p className="px-1 pb-1 text-xs text-faint">
      {isEmpty
        ? "Upload music, a voice or an effect: MP3, WAV, FLAC, OGG or M4A."
        : "No sound fits. Try other words."}
    </p>
  );
}
