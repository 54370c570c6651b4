// From an idea to shots: one as it is written, or a few by a recipe.
import { type FormEvent, type KeyboardEvent, useState } from "react";
import type { Shot } from "@/engine/script/readScript";
import { RECIPES, type Recipe, shotsFor } from "@/engine/script/recipes";
import { TextArea } from "@/ui/Field";
import { AddShotsBar } from "./AddShotsBar";
import { RecipePicker } from "./RecipePicker";
import { ShotList } from "./ShotList";
import { useAddShots } from "./useAddShots";

export function IdeaForm() {
  const [idea, setIdea] = useState("");
  const [recipe, setRecipe] = useState<Recipe | null>(null);
  const { model, add } = useAddShots();
  const shots = recipe === null ? asItIs(idea) : shotsFor(recipe, idea);

  function submit(event?: FormEvent) {
    event?.preventDefault();
    add(shots);
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  }

  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <TextArea
        aria-label={recipe === null ? "Describe the first shot" : "Describe the idea"}
        autoFocus
        rows={3}
        maxLength={2000}
        value={idea}
        placeholder={
          recipe === null
            ? "Neon rain on an empty crossing before dawn, slow dolly in"
            : "A lighthouse keeper’s last night"
        }
        onChange={(event) => setIdea(event.target.value)}
        onKeyDown={onKeyDown}
        className="rounded-2xl p-4"
      />
      <RecipePicker recipes={RECIPES} value={recipe} onChange={setRecipe} />
      {recipe !== null && shots.length > 0 && <ShotList shots={shots} />}
      <AddShotsBar shots={shots} model={model} />
    </form>
  );
}

const asItIs = (idea: string): Shot[] =>
  idea.trim() === "" ? [] : [{ prompt: idea.trim(), seconds: null }];
