// The box in which the next segment is described.
import { ArrowUp } from "lucide-react";
import { type FormEvent, type KeyboardEvent, useState } from "react";
import { type ApiProblem, asProblem } from "@/api/problem";
import { modelToStartWith } from "@/engine/firstModel";
import { addSegment, likeThe } from "@/lib/actions/addSegment";
import { cn } from "@/lib/cn";
import { useModels } from "@/lib/queries";
import { useProject } from "@/lib/store/document";
import { useSession } from "@/lib/store/session";
import { IconButton } from "@/ui/IconButton";

interface SegmentComposerProps {
  label: string;
  placeholder?: string;
  autoFocus?: boolean;
  isLarge?: boolean;
}

export function SegmentComposer({
  label,
  placeholder = label,
  autoFocus,
  isLarge,
}: SegmentComposerProps) {
  const [prompt, setPrompt] = useState("");
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const { segments } = useProject();
  const selectedId = useSession((state) => state.selectedId);
  const models = useModels();
  const pattern = segments.find((segment) => segment.id === selectedId) ?? segments.at(-1);

  /** The box is free for the next one at once; what is refused comes back into it. */
  async function submit(event?: FormEvent) {
    event?.preventDefault();
    const words = prompt.trim();
    if (!words) return;
    setPrompt("");
    try {
      // Who is quicker than the list of models waits for it.
      const known = models.data ?? (await models.refetch({ cancelRefetch: false })).data;
      const fallback = modelToStartWith(known)?.id;
      await addSegment({ prompt: words, model_params: likeThe(pattern, fallback) });
      setProblem(null);
    } catch (error) {
      setProblem(asProblem(error));
      setPrompt((since) => (since.trim() ? `${words}\n${since}` : words));
    }
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      void submit();
    }
  }

  return (
    <form onSubmit={(event) => void submit(event)}>
      <div
        className={cn(
          "relative rounded-xl border border-edge bg-field transition-colors focus-within:border-accent hover:border-muted focus-within:hover:border-accent",
          isLarge && "rounded-2xl",
        )}
      >
        <textarea
          aria-label={label}
          aria-invalid={problem !== null || undefined}
          // biome-ignore lint/a11y/noAutofocus: the only thing to do in an empty project is to write here
          autoFocus={autoFocus}
          rows={isLarge ? 3 : 2}
          value={prompt}
          placeholder={placeholder}
          onChange={(event) => setPrompt(event.target.value)}
          onKeyDown={onKeyDown}
          className={cn(
            "block w-full resize-none rounded-[inherit] bg-transparent py-2 pr-11 pl-3 outline-none placeholder:text-faint",
            isLarge && "p-4 pr-14 text-sm",
          )}
        />
        <IconButton
          type="submit"
          label="Add segment"
          keys="Enter"
          disabled={!prompt.trim()}
          className={cn(
            "absolute right-1.5 bottom-1.5 size-7",
            prompt.trim() &&
              "bg-accent text-accent-ink hover:bg-accent-hover hover:text-accent-ink",
          )}
        >
          <ArrowUp />
        </IconButton>
      </div>
      {problem && (
        <p role="alert" className="mt-1.5 px-1 text-xs text-bad">
          {problem.message} {problem.fix}
        </p>
      )}
    </form>
  );
}
