import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const css = readFileSync(new URL("./styles.css", import.meta.url), "utf8");

/** The colours of a theme by their names, without `--c-`. */
function coloursOf(theme: string): Record<string, string> {
  const rule = css.slice(css.indexOf(`[data-theme="${theme}"] {`)).split("}")[0] ?? "";
  const told = rule.matchAll(/--c-([a-z-]+): (#[0-9a-f]{6});/g);
  return Object.fromEntries([...told].map(([, name, colour]) => [name, colour]));
}

/** Relative luminance, as WCAG 2.2 defines it. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const GROUNDS = ["canvas", "panel", "raised", "hover", "field"];

describe.each(["dark", "light"])("in the %s theme", (theme) => {
  const colours = coloursOf(theme);
  const least = (name: string) =>
    Math.min(...GROUNDS.map((ground) => contrast(colours[name] ?? "", colours[ground] ?? "")));

  test.each(["edge", "accent", "ink"])("what a control is known by stands out: %s", (name) => {
    expect(least(name)).toBeGreaterThanOrEqual(3);
  });

  test.each(["ink", "muted", "faint", "accent", "good", "warn", "bad"])(
    "words can be read on every ground: %s",
    (name) => {
      expect(least(name)).toBeGreaterThanOrEqual(4.5);
    },
  );

  test("the playhead and the line around it are told apart", () => {
    expect(contrast(colours.ink ?? "", colours.panel ?? "")).toBeGreaterThanOrEqual(7);
  });
});
