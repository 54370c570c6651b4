// All outputs: which one the form shows, which ones the next render makes, and a menu to add more.
import { Plus, Share2 } from "lucide-react";
import type { Settings } from "@/api/types";
import { openWindow } from "@/commands/windows";
import { MAIN, OUTPUT_PRESETS, outputWords } from "@/engine/outputs";
import { cn } from "@/lib/cn";
import { usePlan, useVocabulary } from "@/lib/queries";
import { useProject } from "@/lib/store/document";
import { Button } from "@/ui/Button";
import { Menu } from "@/ui/Menu";
import type { Outputs } from "./useOutputs";

export function OutputList({ outputs }: { outputs: Outputs }) {
  const most = useVocabulary().data?.outputs ?? 12;
  return (
    <div className="flex flex-col gap-2">
      <ul aria-label="Outputs" className="flex flex-col gap-1">
        <Row outputs={outputs} name={MAIN} words={mainWords(outputs.main)} />
        {outputs.outputs.map((output) => (
          <Row
            key={output.name}
            outputs={outputs}
            name={output.name}
            words={outputWords(output, outputs.main)}
          />
        ))}
      </ul>
      <Menu
        items={OUTPUT_PRESETS.map((preset) => ({
          label: `${preset.label}, ${preset.hint}`,
          icon: <Plus />,
          run: () => outputs.add(preset),
        }))}
      >
        <Button size="sm" disabled={outputs.outputs.length >= most}>
          <Plus /> Add an output
        </Button>
      </Menu>
      <Button size="sm" look="quiet" onClick={() => openWindow("export")}>
        <Share2 /> Export for another editor…
      </Button>
    </div>
  );
}

interface RowProps {
  outputs: Outputs;
  name: string;
  words: string;
}

function Row({ outputs, name, words }: RowProps) {
  const { id } = useProject();
  const planned = usePlan(id).data?.outputs.find((one) => one.name === name);
  const isShown = outputs.shown === name;
  return (
    <li
      className={cn(
        "flex items-start gap-2.5 rounded-lg border border-transparent px-2.5 py-2",
        isShown ? "border-accent bg-accent-soft" : "hover:bg-raised",
      )}
    >
      <input
        type="checkbox"
        aria-label={`Render ${name}`}
        checked={!outputs.isLeft(name)}
        onChange={(event) => outputs.choose(name, event.target.checked)}
        className="mt-0.5 size-4 accent-(--c-accent)"
      />
      <button
        type="button"
        aria-current={isShown || undefined}
        onClick={() => outputs.setShown(name)}
        className="min-w-0 flex-1 text-left"
      >
        <span className="block truncate font-medium">{name === MAIN ? "Main film" : name}</span>
        <span className="block text-xs text-muted">{words}</span>
        {planned && !outputs.isChanged && (
          <span className="block text-xs text-muted">{workWords(planned)}</span>
        )}
      </button>
    </li>
  );
}

interface Work {
  is_unchanged: boolean;
  encode_seconds: number;
  shared_seconds: number;
}

function workWords({ is_unchanged, encode_seconds: all, shared_seconds: shared }: Work): string {
  if (is_unchanged) return "Is there already";
  const rest = shared > 0 ? `, ${shared.toFixed(1)} s of it shared` : "";
  return all > 0 ? `${all.toFixed(1)} s to encode${rest}` : "Nothing to encode";
}

function mainWords({ width, height, fps, codec, quality }: Settings): string {
  const main = { width, height, fps, codec, quality };
  return outputWords(
    { ...main, name: MAIN, kind: "film", loudness_lufs: null, encoder: null, seconds: null },
    main,
  );
}
