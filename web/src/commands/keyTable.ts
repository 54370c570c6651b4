// The keyboard map as Markdown, for the user's page. Pure.
import { comboText } from "./combo";
import { type Command, SECTIONS } from "./command";
import { keysOf } from "./keymap";
import { PRESETS } from "./presets";

/** One table a section, one row a command, one column a preset. */
export const keyTable = (commands: readonly Command[]): string =>
  SECTIONS.map((section) =>
    [
      `### ${section}`,
      "",
      row(["", ...PRESETS.map(({ label }) => label)]),
      row(["---", ...PRESETS.map(() => "---")]),
      ...commands.filter((command) => command.section === section).map(commandRow),
    ].join("\n"),
  ).join("\n\n");

const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;

const commandRow = (command: Command): string =>
  row([
    command.title,
    ...PRESETS.map(({ id }) =>
      keysOf(command, { preset: id, changed: {} })
        .map((combo) => `<kbd>${escaped(comboText(combo, false))}</kbd>`)
        .join(" or "),
    ),
  ]);

const ENTITIES: Readonly<Record<string, string>> = {
  "<": "&lt;",
  ">": "&gt;",
  "\\": "&#92;",
  "`": "&#96;",
};

const escaped = (text: string) => text.replace(/[<>\\`]/g, (sign) => ENTITIES[sign] ?? sign);
