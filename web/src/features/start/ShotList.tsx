// The shots that a form would add, before it does.
import type { Shot } from "@/engine/script/readScript";
import { shortSeconds } from "@/engine/timecode";

export function ShotList({ shots }: { shots: readonly Shot[] }) {
  return (
    <ol
      aria-label="Shots"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reached by keyboard
      tabIndex={0}
      className="max-h-60 divide-y divide-line overflow-y-auto rounded-xl border border-line bg-field"
    >
      {shots.map(({ prompt, seconds }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the list is drawn anew with every change of the text
        <li key={index} className="flex gap-3 px-3 py-2 text-left">
          <span className="w-5 shrink-0 text-right text-muted tabular-nums">{index + 1}</span>
          <span className="min-w-0 flex-1 text-pretty">{prompt}</span>
          {seconds !== null && (
            <span className="shrink-0 text-muted tabular-nums">{shortSeconds(seconds)}</span>
          )}
        </li>
      ))}
    </ol>
  );
}
