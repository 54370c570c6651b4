// Choosing one of the pictures that were uploaded or kept, the newest first.
import { useState } from "react";
import { asProblem } from "@/api/problem";
import type { Media } from "@/api/types";
import { useAllMedia } from "@/lib/queries";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Input } from "@/ui/Field";
import { Notice } from "@/ui/Notice";
import { Spinner } from "@/ui/Spinner";

interface PictureDialogProps {
  title: string;
  onClose: () => void;
  onChoose: (media: Media) => void;
}

/** Pictures shown at once; the rest is found by its name. */
const MOST = 60;

export default function PictureDialog({ title, onClose, onChoose }: PictureDialogProps) {
  return (
    <Dialog isOpen onClose={onClose} title={title} className="max-w-xl">
      <Pictures
        onChoose={(media) => {
          onChoose(media);
          onClose();
        }}
      />
    </Dialog>
  );
}

function Pictures({ onChoose }: Pick<PictureDialogProps, "onChoose">) {
  const { data, error, refetch } = useAllMedia();
  const [words, setWords] = useState("");
  if (error) return <Failed error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Spinner />;
  const all = data.filter(({ kind }) => kind === "image");
  const found = all.filter(({ filename }) => filename.toLowerCase().includes(words.toLowerCase()));
  if (all.length === 0) {
    return <p className="text-muted">There is no picture in the library yet. Upload a file.</p>;
  }
  return (
    <div className="flex flex-col gap-3">
      <Input
        type="search"
        aria-label="Search pictures by name"
        placeholder="Search by name"
        value={words}
        onChange={(event) => setWords(event.target.value)}
        className="h-8 px-2.5"
      />
      {found.length === 0 && <p className="text-xs text-faint">No picture has this name.</p>}
      <ul
        aria-label="Pictures"
        className="grid grid-cols-[repeat(auto-fill,minmax(128px,1fr))] gap-2"
      >
        {found.slice(0, MOST).map((media) => (
          <li key={media.id}>
            <Picture media={media} onChoose={onChoose} />
          </li>
        ))}
      </ul>
      {found.length > MOST && (
        <p className="text-xs text-faint">{found.length - MOST} more are found by their names.</p>
      )}
    </div>
  );
}

interface PictureProps {
  media: Media;
  onChoose: (media: Media) => void;
}

function Picture({ media, onChoose }: PictureProps) {
  return (
    <button
      type="button"
      onClick={() => onChoose(media)}
      className="flex w-full flex-col overflow-hidden rounded-lg border border-line bg-field text-left hover:border-accent"
    >
      <img
        src={media.thumbnail_url ?? media.url ?? undefined}
        alt=""
        loading="lazy"
        className="aspect-video w-full bg-black object-contain"
      />
      <span className="w-full truncate px-2 py-1 text-xs" title={media.filename}>
        {media.filename}
      </span>
    </button>
  );
}

function Failed({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const retry = (
    <Button size="sm" onClick={onRetry}>
      Try again
    </Button>
  );
  return (
    <Notice tone="bad" title="The library could not be loaded" actions={retry}>
      {asProblem(error).message}
    </Notice>
  );
}
