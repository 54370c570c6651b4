// Every command by name: type a few letters, press Enter.
import { defaultFilter, Command as Palette } from "cmdk";
import { Search } from "lucide-react";
import { useState } from "react";
import { keycaps } from "@/commands/combo";
import { type Command, isEnabled, NO_KEYS, SECTIONS } from "@/commands/command";
import { keysOf } from "@/commands/keymap";
import { IS_APPLE, useKeySettings } from "@/commands/keySettings";
import { COMMANDS } from "@/commands/registry";
import { closeWindow } from "@/commands/windows";
import { Keys } from "@/ui/Keys";
import { Spotlight } from "@/ui/Spotlight";

const OWN = "view.palette";

/** Long enough for the focus to go back to where it was, from where the command may move it. */
const AFTER_MS = 50;

function run(command: Command): void {
  closeWindow();
  setTimeout(() => isEnabled(command) && command.run(NO_KEYS), AFTER_MS);
}

const OTHERS = COMMANDS.filter(({ id }) => id !== OWN);

const entryOf = (command: Command) => <Entry key={command.id} command={command} />;

/** How well a command answers to what was typed, 0 to 1: its own words in one piece answer best. */
function score(title: string, typed: string, words: string[] = []): number {
  const isIn = title.toLowerCase().includes(typed.trim().toLowerCase());
  return isIn ? 1 : 0.9 * defaultFilter(title, typed, words);
}

export default function CommandPalette() {
  const [typed, setTyped] = useState("");
  return (
    <Spotlight title="All commands" onClose={closeWindow}>
      <Palette
        loop
        filter={score}
        label="Search for a command"
        className="flex min-h-0 flex-1 flex-col"
      >
        <div className="flex h-12 shrink-0 items-center gap-3 border-b border-line px-4">
          <Search aria-hidden className="size-4 text-faint" />
          <Palette.Input
            autoFocus
            value={typed}
            onValueChange={setTyped}
            placeholder="What do you want to do?"
            className="h-full min-w-0 flex-1 bg-transparent text-sm outline-none placeholder:text-faint"
          />
        </div>
        <Palette.List className="min-h-0 flex-1 overflow-y-auto p-1.5">
          <Palette.Empty className="px-3 py-8 text-center text-muted">
            There is no such command.
          </Palette.Empty>
          {typed.trim() === "" ? <Sections /> : OTHERS.map(entryOf)}
        </Palette.List>
      </Palette>
    </Spotlight>
  );
}

/** All there are, by what they are about; what is searched for is ordered by how well it answers. */
const Sections = () =>
  SECTIONS.map((section) => (
    <Palette.Group
      key={section}
      heading={section}
      className="pb-1 [&>[cmdk-group-heading]]:px-2.5 [&>[cmdk-group-heading]]:pt-2 [&>[cmdk-group-heading]]:pb-1 [&>[cmdk-group-heading]]:text-2xs [&>[cmdk-group-heading]]:font-medium [&>[cmdk-group-heading]]:text-faint"
    >
      {OTHERS.filter((command) => command.section === section).map(entryOf)}
    </Palette.Group>
  ));

function Entry({ command }: { command: Command }) {
  const combo = useKeySettings((settings) => keysOf(command, settings)[0]);
  return (
    <Palette.Item
      value={command.title}
      keywords={[command.section, ...(command.words?.split(" ") ?? [])]}
      disabled={!isEnabled(command)}
      onSelect={() => run(command)}
      className="flex h-8 cursor-default items-center gap-3 rounded-lg px-2.5 data-[disabled=true]:text-faint/80 data-[selected=true]:bg-hover"
    >
      <span className="flex-1 truncate">{command.title}</span>
      {combo && <Keys caps={keycaps(combo, IS_APPLE)} />}
    </Palette.Item>
  );
}
