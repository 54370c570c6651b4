import { expect, test } from "vitest";
import { RECIPES, shotsFor } from "./recipes";

test("each recipe says the idea in every shot, as a sentence would", () => {
  for (const recipe of RECIPES) {
    const shots = shotsFor(recipe, " A lighthouse keeper's last night. ");
    expect(shots).toHaveLength(recipe.shots.length);
    for (const { prompt, seconds } of shots) {
      expect(prompt).toMatch(/lighthouse keeper's last night/);
      expect(prompt).not.toMatch(/[{}]|\. ?,|of A /);
      expect(prompt.charAt(0)).toBe(prompt.charAt(0).toUpperCase());
      expect(seconds).toBeGreaterThan(0);
    }
  }
});

test("names keep their capitals, and no idea makes no shots", () => {
  const [teaser] = RECIPES;
  if (teaser === undefined) throw new Error("no recipe");
  expect(shotsFor(teaser, "NASA")[0]?.prompt).toContain("detail of NASA");
  expect(shotsFor(teaser, "Paris in spring")[0]?.prompt).toContain("detail of Paris in spring");
  expect(shotsFor(teaser, " ... ")).toEqual([]);
});
