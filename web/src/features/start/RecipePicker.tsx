// One shot, or one of the recipes: all in sight.
import { useId } from "react";
import type { Recipe } from "@/engine/script/recipes";

interface RecipePickerProps {
  recipes: readonly Recipe[];
  /** Null: one shot. */
  value: Recipe | null;
  onChange: (recipe: Recipe | null) => void;
}

export function RecipePicker({ recipes, value, onChange }: RecipePickerProps) {
  const name = useId();
  return (
    <fieldset className="min-w-0">
      <legend className="sr-only">Made into</legend>
      <div className="flex flex-wrap gap-1.5">
        {[null, ...recipes].map((recipe) => (
          <label
            key={recipe?.id ?? "one"}
            title={recipe?.use ?? "As you wrote it"}
            className="inline-flex h-7 cursor-pointer items-center rounded-full border border-line bg-field px-3 text-xs font-medium text-muted transition-colors hover:border-line-strong hover:text-ink has-checked:border-accent has-checked:bg-accent-soft has-checked:text-ink has-focus-visible:outline-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name={name}
              checked={recipe === value}
              onChange={() => onChange(recipe)}
              className="sr-only"
            />
            {recipe?.title ?? "One shot"}
          </label>
        ))}
      </div>
      <p className="mt-1.5 text-left text-xs text-muted">
        {value?.use ?? "The shot as you wrote it"}
      </p>
    </fieldset>
  );
}
