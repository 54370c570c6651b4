// Whose keys these are, and a way to carry one's own to another machine.
import { Download, RotateCcw } from "lucide-react";
import {
  choosePreset,
  exportKeys,
  importKeys,
  resetAll,
  useKeySettings,
} from "@/commands/keySettings";
import { isPreset, PRESETS } from "@/commands/presets";
import { announce } from "@/lib/store/session";
import { say, sayProblem } from "@/lib/toast";
import { Button } from "@/ui/Button";
import { FileButton } from "@/ui/FileButton";
import { Select } from "@/ui/Select";

const FILE_NAME = "video-foundry-keys.json";

export function PresetBar() {
  const preset = useKeySettings((settings) => settings.preset);
  const isChanged = useKeySettings((settings) => Object.keys(settings.changed).length > 0);
  return (
    <div className="flex flex-1 flex-wrap items-center gap-2">
      <span className="flex items-center gap-2 text-xs text-muted">
        <span aria-hidden>Keys as in</span>
        <span className="w-44 text-ink">
          <Select
            label="Keys as in"
            value={preset}
            onChange={choose}
            groups={[{ options: PRESETS.map(({ id, label }) => ({ value: id, label })) }]}
          />
        </span>
      </span>
      {isChanged && (
        <Button look="quiet" onClick={resetAll}>
          <RotateCcw /> Reset all
        </Button>
      )}
      <span className="flex-1" />
      <FileButton
        label="Import"
        look="quiet"
        accept=".json,application/json"
        onFiles={(files) => void read(files)}
      />
      <Button look="quiet" onClick={save}>
        <Download /> Export
      </Button>
    </div>
  );
}

function choose(preset: string): void {
  if (!isPreset(preset)) return;
  choosePreset(preset);
  announce("Keys changed");
}

async function read(files: Iterable<File>): Promise<void> {
  const [file] = files;
  if (file === undefined) return;
  try {
    importKeys(await file.text());
    say("Your keys are in use now");
  } catch (error) {
    sayProblem(`${file.name} was not taken`, error);
  }
}

function save(): void {
  const address = URL.createObjectURL(new Blob([exportKeys()], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = FILE_NAME;
  link.click();
  URL.revokeObjectURL(address);
}
