// Every clip that was made for the film and every picture or clip that was sent: found, and put on the
// film.
import { useDeferredValue, useState } from "react";
import { asProblem } from "@/api/problem";
import type { Media, Take } from "@/api/types";
import { type Entry, type Kinds, matching } from "@/engine/library";
import { fieldsOf } from "@/engine/paramForm";
import { ACCEPTED_FOOTAGE } from "@/lib/hooks/useUpload";
import { findModel, useModels } from "@/lib/queries";
import { Button } from "@/ui/Button";
import { FileButton } from "@/ui/FileButton";
import { LoadFailed } from "@/ui/LoadFailed";
import { Choice } from "./Choice";
import { MediaCard } from "./MediaCard";
import { SearchBar } from "./SearchBar";
import { useFiles, useMade } from "./useLibrary";
import { useSend } from "./useSend";

const PICTURES: ReadonlySet<Media["kind"]> = new Set(["video", "image"]);
const KINDS = [
  { value: "all", label: "All" },
  { value: "takes", label: "Takes" },
  { value: "files", label: "Uploads" },
] as const;
/** Cards that are drawn at first, and how many more at a time. */
const A_BATCH = 60;

export function MediaTab() {
  const files = useFiles(PICTURES);
  const { upload, send } = useSend();
  const [words, setWords] = useState("");
  const [kinds, setKinds] = useState<Kinds>("all");
  const [isUnused, setUnused] = useState(false);
  const made = useMade(words !== "" || isUnused);
  const wanted = { words: useDeferredValue(words), kinds, isUnused };
  const all: Entry<Take, Media>[] = [...made.entries, ...files.entries];
  const queries = [made.query, files.query];
  const failed = queries.find(({ isError }) => isError);
  return (
    <>
      <SearchBar
        what="media"
        {...{ words, setWords, isUnused, setUnused }}
        choice={<Choice label="What to show" value={kinds} options={KINDS} onChange={setKinds} />}
        upload={
          <FileButton
            label="Upload"
            size="sm"
            isMultiple
            accept={ACCEPTED_FOOTAGE}
            share={upload?.share}
            onFiles={(chosen) => void send(chosen)}
          />
        }
      />
      <div className="min-h-0 flex-1 overflow-y-auto px-3 pb-3">
        {failed && (
          <div className="pb-3">
            <LoadFailed
              title="The library could not be loaded"
              reason={asProblem(failed.error).message}
              onRetry={() => void failed.refetch()}
            />
          </div>
        )}
        <Cards
          entries={matching(all, wanted)}
          isLoading={queries.some(({ isFetching }) => isFetching)}
          isEmpty={all.length === 0}
          more={made.query.hasNextPage ? () => void made.query.fetchNextPage() : null}
        />
      </div>
    </>
  );
}

interface CardsProps {
  entries: readonly Entry<Take, Media>[];
  isLoading: boolean;
  /** There is nothing at all, whatever is searched for. */
  isEmpty: boolean;
  more: (() => void) | null;
}

function Cards({ entries, isLoading, isEmpty, more }: CardsProps) {
  const [limit, setLimit] = useState(A_BATCH);
  const models = useModels().data;
  const filesOf = (take: Take): ReadonlySet<string> => {
    const fields = fieldsOf(findModel(models, take.model)?.parameters ?? {});
    return new Set(fields.filter(({ kind }) => kind === "media").map(({ name }) => name));
  };
  if (entries.length === 0) return isLoading ? <Skeleton /> : <Nothing isEmpty={isEmpty} />;
  const showMore = () => {
    setLimit(limit + A_BATCH);
    if (limit + A_BATCH > entries.length) more?.();
  };
  return (
    <>
      <ul aria-label="Media" className="grid grid-cols-[repeat(auto-fill,minmax(88px,1fr))] gap-2">
        {entries.slice(0, limit).map((entry) => (
          <MediaCard key={entry.key} entry={entry} filesOf={filesOf} />
        ))}
      </ul>
      {(entries.length > limit || more) && (
        <Button size="sm" look="quiet" className="mt-2 w-full" onClick={showMore}>
          Show more
        </Button>
      )}
    </>
  );
}

function Nothing({ isEmpty }: { isEmpty: boolean }) {
  return (
    <p className="px-1 pt-2 text-xs text-faint">
      {isEmpty
        ? "Clips that are made for this film, and files that you upload, are kept here."
        : "Nothing here fits. Try other words."}
    </p>
  );
}

const PLACES = ["one", "two", "three", "four"];

function Skeleton() {
  return (
    <div role="status" aria-label="Loading the library" className="grid grid-cols-2 gap-2">
      {PLACES.map((place) => (
        <div key={place} className="aspect-[4/3.6] animate-shimmer rounded-lg bg-raised" />
      ))}
    </div>
  );
}
