// Titles that come ready made, as they look: a click or a drag puts one on the film.
import type { CSSProperties } from "react";
import { asProblem } from "@/api/problem";
import { numberIn, wordsIn } from "@/engine/items";
import { addTitle } from "@/lib/actions/addFromLibrary";
import type { Vocabulary } from "@/lib/itemRequests";
import { useVocabulary } from "@/lib/queries";
import { useProject } from "@/lib/store/document";
import { LoadFailed } from "@/ui/LoadFailed";
import { Tooltip } from "@/ui/Tooltip";
import { useLibraryDrag } from "./useLibraryDrag";

type Preset = Vocabulary["presets"][number];
type Families = Vocabulary["families"];

export function TitlePresets() {
  const { data, error, refetch } = useVocabulary();
  const isEmpty = useProject().segments.length === 0;
  if (error) {
    return (
      <LoadFailed
        title="The titles could not be loaded"
        reason={asProblem(error).message}
        onRetry={() => void refetch()}
      />
    );
  }
  return (
    <>
      {isEmpty && <p className="pb-2 text-2xs text-faint">Add a segment first.</p>}
      <ul
        aria-label="Titles"
        className="grid grid-cols-[repeat(auto-fill,minmax(88px,1fr))] gap-1.5"
      >
        {data?.presets.map((preset) => (
          <PresetCard
            key={preset.name}
            preset={preset}
            families={data.families}
            isDisabled={isEmpty}
          />
        ))}
      </ul>
    </>
  );
}

interface PresetCardProps {
  preset: Preset;
  families: Families;
  isDisabled: boolean;
}

function PresetCard({ preset, families, isDisabled }: PresetCardProps) {
  const startDrag = useLibraryDrag(
    "text",
    preset.label,
    ({ time }) => void addTitle(preset.name, time),
  );
  return (
    <li className="relative overflow-hidden rounded-lg border border-line pb-6 focus-within:border-accent hover:border-line-strong">
      <Sample preset={preset} families={families} />
      <Tooltip text={preset.use}>
        <button
          type="button"
          data-drag
          disabled={isDisabled}
          aria-label={`Add ${preset.label} at the playhead`}
          onPointerDown={isDisabled ? undefined : startDrag}
          onClick={() => void addTitle(preset.name)}
          className="absolute inset-0 flex cursor-grab items-end text-left -outline-offset-2 disabled:cursor-not-allowed"
        >
          <span className="h-6 w-full truncate bg-field px-2 py-1 text-2xs text-muted">
            {preset.label}
          </span>
        </button>
      </Tooltip>
    </li>
  );
}

/** Letters of the browser's that are near enough, by kind of family. */
const LETTERS: Partial<Record<Families[number]["kind"], string>> = {
  serif: "Georgia, 'Noto Serif', serif",
  mono: "ui-monospace, 'DejaVu Sans Mono', monospace",
  handwriting: "Caveat, cursive",
};

const SIDES: Readonly<Record<string, string>> = {
  center: "items-center justify-center text-center",
  bottom: "items-end justify-center text-center",
  "bottom-left": "items-end justify-start",
  "top-right": "items-start justify-end text-right",
};

/** Roughly the look, over something like a picture. */
function Sample({ preset, families }: Omit<PresetCardProps, "isDisabled">) {
  const { style, placement } = preset;
  const [first, ...rest] = preset.sample.split("\n");
  return (
    <span
      aria-hidden
      className={`flex aspect-video overflow-hidden bg-linear-to-br from-[#2b3350] to-[#12151f] p-1.5 ${SIDES[placement.anchor] ?? SIDES.bottom}`}
    >
      <span className="max-w-full rounded-sm px-1 leading-tight" style={styleOf(style, families)}>
        <span className="line-clamp-2 text-balance">{first}</span>
        {rest.length > 0 && (
          <span
            className="block truncate"
            style={{ fontSize: `${numberIn(style, "rest_scale", 1) * 100}%` }}
          >
            {rest[0]}
          </span>
        )}
      </span>
    </span>
  );
}

const SMALLEST_PX = 6;
/** Px of a size that fills the frame's shorter side, somewhat larger than life. */
const SCALE_PX = 104;

function styleOf(style: Preset["style"], families: Families): CSSProperties {
  const family = families.find(({ name }) => name === style.font);
  const box = numberIn(style, "box_opacity", 0) * 100;
  return {
    color: wordsIn(style, "color"),
    background: `color-mix(in srgb, ${wordsIn(style, "box_color")} ${box}%, transparent)`,
    fontWeight: numberIn(style, "weight", 600),
    fontStyle: style.italic === true ? "italic" : undefined,
    fontFamily: family && LETTERS[family.kind],
    fontSize: Math.max(SMALLEST_PX, Math.min(13, numberIn(style, "size", 0) * SCALE_PX)),
  };
}
