// The open project's name, edited in place.
import { type FocusEvent, type KeyboardEvent, useState } from "react";
import { updateProject } from "@/lib/actions/updateProject";
import { useProject } from "@/lib/store/document";
import { sayProblem } from "@/lib/toast";

export function ProjectName() {
  const { name } = useProject();
  const [draft, setDraft] = useState<string | null>(null);
  /** What it was when typing began. */
  const [seen, setSeen] = useState(name);

  async function keep() {
    const next = draft?.trim();
    setDraft(null);
    if (!next) return;
    await updateProject({ name: next }, { name: seen }).catch((error: unknown) =>
      sayProblem("The name was not saved", error),
    );
  }

  function onFocus({ target }: FocusEvent<HTMLInputElement>) {
    setSeen(name);
    target.select();
  }

  function onKeyDown(event: KeyboardEvent<HTMLInputElement>) {
    if (event.key === "Enter") event.currentTarget.blur();
    if (event.key === "Escape") setDraft(null);
  }

  return (
    <span className="relative inline-grid max-w-[22rem] min-w-0 items-center">
      <span
        aria-hidden
        className="invisible col-start-1 row-start-1 truncate px-2 font-semibold whitespace-pre"
      >
        {(draft ?? name) || " "}
      </span>
      <input
        aria-label="Project name"
        size={1}
        dir="auto"
        title={name}
        value={draft ?? name}
        maxLength={200}
        onFocus={onFocus}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={() => void keep()}
        onKeyDown={onKeyDown}
        className="col-start-1 row-start-1 h-7 w-full min-w-0 truncate rounded-md bg-transparent px-2 font-semibold hover:bg-hover focus-visible:bg-field focus-visible:outline-offset-0"
      />
    </span>
  );
}
