// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { isCombo } from "./combo";
import { conflictsOf } from "./keymap";
import { PRESET_KEYS, PRESETS } from "./presets";
import { COMMANDS, commandOf } from "./registry";

const ids = COMMANDS.map(({ id }) => id);

test("every command stands once, with a title that no other has", () => {
  expect(new Set(ids).size).toBe(COMMANDS.length);
  expect(new Set(COMMANDS.map(({ title }) => title)).size).toBe(COMMANDS.length);
  expect(() => commandOf("edit.nothing")).toThrow("edit.nothing");
});

test.each(PRESETS.map(({ id }) => id))("no key of the preset %s means two things", (preset) => {
  const settings = { preset, changed: {} };
  const clashes = COMMANDS.flatMap((command) =>
    (PRESET_KEYS[preset][command.id] ?? command.keys).flatMap((combo) =>
      conflictsOf(COMMANDS, settings, command.id, combo).map(
        (other) => `${combo}: ${command.id} and ${other.id}`,
      ),
    ),
  );
  expect(clashes).toEqual([]);
});

test("presets name commands that exist and keys that can be pressed", () => {
  for (const keys of Object.values(PRESET_KEYS)) {
    for (const [id, combos] of Object.entries(keys)) {
      expect(ids).toContain(id);
      expect(combos.filter((combo) => !isCombo(combo))).toEqual([]);
    }
  }
  expect(COMMANDS.flatMap(({ keys }) => keys).filter((combo) => !isCombo(combo))).toEqual([]);
});

test("while nothing is open, no command can do harm and those that need something are off", () => {
  const isOff = (id: string) => commandOf(id).isEnabled?.() === false;
  for (const id of ["play.toggle", "edit.delete", "edit.trimStart", "take.new", "film.render"])
    expect(isOff(id), id).toBe(true);
});
