// One clip or file of the library: its picture, name, length and use, and the ways onto the film.
import { Check, Eye, Layers, Plus } from "lucide-react";
import type { Media, Take } from "@/api/types";
import { type Entry, usesNote } from "@/engine/library";
import { shortSeconds } from "@/engine/timecode";
import { addFile, addPicture, addTake } from "@/lib/actions/addFromLibrary";
import { lookAtTake } from "@/lib/actions/chooseTake";
import { cn } from "@/lib/cn";
import { IconButton } from "@/ui/IconButton";
import { Thumb } from "./Thumb";
import { isTaken, useLibraryDrag } from "./useLibraryDrag";

interface MediaCardProps {
  entry: Entry<Take, Media>;
  /** Parameters of a take's model that hold files. */
  filesOf: (take: Take) => ReadonlySet<string>;
}

export function MediaCard({ entry, filesOf }: MediaCardProps) {
  const name = nameOf(entry);
  const add = (index?: number): void => {
    if (entry.kind === "file") void addFile(entry.file, index);
    else void addTake(entry.take, filesOf(entry.take), index);
  };
  const startDrag = useLibraryDrag("clip", name, ({ index }) => add(index));
  return (
    <li
      onPointerDown={startDrag}
      onDoubleClick={(event) => !isTaken(event) && add()}
      className="group flex cursor-grab flex-col overflow-hidden rounded-lg border border-line bg-field hover:border-line-strong"
    >
      <div className="relative aspect-video">
        <Thumb url={entry.thumbnailUrl} assetUrl={entry.assetUrl} seconds={entry.seconds} />
        {entry.seconds !== null && (
          <span className="pointer-events-none absolute right-1 bottom-1 rounded bg-black/75 px-1 text-2xs font-medium text-white tabular-nums">
            {shortSeconds(entry.seconds)}
          </span>
        )}
      </div>
      <p className="truncate px-2 pt-1 text-xs" title={entry.name}>
        {entry.kind === "take" && (
          <span className="mr-1.5 font-semibold tabular-nums">
            <span className="sr-only">Segment </span>
            {entry.place + 1}
          </span>
        )}
        {entry.name || "Take"}
      </p>
      <div className="flex items-center pr-0.5 pb-0.5 pl-2">
        <Use entry={entry} />
        <Others entry={entry} name={name} />
        <IconButton label={`Add ${name} at the playhead`} onClick={() => add()} className={BUTTON}>
          <Plus />
        </IconButton>
      </div>
    </li>
  );
}

const BUTTON = "size-6 rounded-md [&>svg]:size-3.5";

function nameOf(entry: Entry<Take, Media>): string {
  return entry.kind === "file"
    ? entry.name
    : `take ${entry.take.number} of segment ${entry.place + 1}`;
}

function Use({ entry }: { entry: Entry<Take, Media> }) {
  const isUsed = entry.uses > 0;
  return (
    <span
      title={usesNote(entry.uses)}
      className={cn(
        "flex min-w-0 flex-1 items-center gap-1 text-2xs",
        isUsed ? "text-good" : "text-faint",
      )}
    >
      {isUsed && <Check aria-hidden className="size-3 shrink-0" />}
      <span className="truncate">
        {entry.kind === "take" ? `Take ${entry.take.number}` : isUsed ? "Used" : "Not used"}
      </span>
      {(entry.kind === "take" || isUsed) && <span className="sr-only">{usesNote(entry.uses)}</span>}
    </span>
  );
}

function Others({ entry, name }: { entry: Entry<Take, Media>; name: string }) {
  if (entry.kind === "take") {
    return (
      <IconButton
        label={`Look at ${name}`}
        onClick={() => lookAtTake(entry.take)}
        className={BUTTON}
      >
        <Eye />
      </IconButton>
    );
  }
  return entry.file.kind === "image" ? (
    <IconButton
      label={`Lay ${name} over the film`}
      onClick={() => void addPicture(entry.file)}
      className={BUTTON}
    >
      <Layers />
    </IconButton>
  ) : null;
}
