// What stands over a list of the library: uploading, searching, and which of it to show.
import { Search } from "lucide-react";
import type { ReactNode } from "react";
import { Input } from "@/ui/Field";

interface SearchBarProps {
  /** What is searched, such as "media". */
  what: string;
  words: string;
  setWords: (words: string) => void;
  isUnused: boolean;
  setUnused: (isUnused: boolean) => void;
  /** A further choice, left of "Not used". */
  choice: ReactNode;
  upload: ReactNode;
}

export function SearchBar(props: SearchBarProps) {
  const { what, words, setWords, isUnused, setUnused, choice, upload } = props;
  return (
    <div className="flex shrink-0 flex-col gap-2 px-3 pb-2.5">
      <div className="flex gap-1.5">
        <div className="relative min-w-0 flex-1">
          <Search
            aria-hidden
            className="absolute top-1.5 left-2 size-4 text-faint"
            strokeWidth={1.75}
          />
          <Input
            type="search"
            aria-label={`Search ${what}`}
            placeholder="Search"
            value={words}
            onChange={(event) => setWords(event.target.value)}
            className="h-7 pl-7.5 text-xs"
          />
        </div>
        {upload}
      </div>
      <div className="flex items-center justify-between gap-2">
        {choice}
        <label className="flex h-6 cursor-pointer items-center gap-1.5 text-2xs whitespace-nowrap text-muted">
          <input
            type="checkbox"
            checked={isUnused}
            onChange={(event) => setUnused(event.target.checked)}
            className="size-3.5 accent-accent"
          />
          Not used
        </label>
      </div>
    </div>
  );
}
