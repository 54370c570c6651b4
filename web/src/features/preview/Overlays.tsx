// Words and images roughly where the render will put them, while the playhead is within them. Only
// for finding one's way: fonts, boxes and movement are the render's.
import type { CSSProperties, ReactNode } from "react";
import { cuesIn } from "@/engine/cues";
import { numberIn, partIn, wordsIn } from "@/engine/items";
import { safeArea, type TitleLook, titleLook } from "@/engine/titleLook";
import { type PlacedItem, usePlacedItems } from "@/lib/hooks/usePlacedItems";
import type { Item } from "@/lib/itemRequests";
import { useProject } from "@/lib/store/document";
import { usePlayer } from "@/lib/store/player";

const LAYERS = ["image", "caption", "text"] as const;

export default function Overlays() {
  const placed = usePlacedItems();
  // Told apart as words, so that playing draws anew only when something comes or goes.
  const now = usePlayer(({ time }) => shownAt(placed, time).join("\n"));
  const shown = new Set(now.split("\n"));
  return (
    <div aria-hidden className="@container-size pointer-events-none absolute inset-0">
      {LAYERS.flatMap((kind) =>
        placed
          .filter(({ item }) => item.kind === kind && shown.has(item.id))
          .map((one) => <Overlay key={one.item.id} placed={one} />),
      )}
    </div>
  );
}

const shownAt = (placed: readonly PlacedItem[], time: number): string[] =>
  placed
    .filter(({ item, span }) => isDrawn(item) && time >= span.start && time < span.end)
    .map(({ item }) => item.id);

const isDrawn = (item: Item): boolean =>
  item.kind !== "audio" && wordsIn(item.fields, "show") !== "track";

function Overlay({ placed: { item, media } }: { placed: PlacedItem }) {
  if (item.kind === "image") {
    const scale = numberIn(item.fields, "scale", 0.18) * 100;
    return (
      <Place placement={partIn(item.fields, "placement")} usual="top-right">
        {media?.url && (
          <img
            src={media.url}
            alt=""
            className="block object-contain"
            style={{
              maxWidth: `${scale}cqw`,
              maxHeight: `${scale}cqh`,
              opacity: numberIn(item.fields, "opacity", 1),
            }}
          />
        )}
      </Place>
    );
  }
  const look = titleLook(wordsIn(item.fields, "preset") || usualPreset(item.kind));
  return (
    <Place placement={partIn(item.fields, "placement")} usual={look.anchor} down={look.y}>
      {item.kind === "text" ? (
        <Words
          text={wordsIn(item.fields, "text")}
          look={look}
          style={partIn(item.fields, "style")}
        />
      ) : (
        <Cue
          file={wordsIn(item.fields, "captions")}
          look={look}
          style={partIn(item.fields, "style")}
        />
      )}
    </Place>
  );
}

const usualPreset = (kind: string) => (kind === "caption" ? "caption" : "title");

interface WordsProps {
  look: TitleLook;
  style: Record<string, unknown>;
}

function Cue({ file, ...rest }: WordsProps & { file: string }) {
  const text = usePlayer(({ time }) =>
    cuesIn(file)
      .filter((cue) => time >= cue.start && time < cue.end)
      .map((cue) => cue.text)
      .join("\n"),
  );
  return text === "" ? null : <Words text={text} {...rest} />;
}

const FAMILIES = {
  serif: "ui-serif, Georgia, serif",
  mono: "ui-monospace, monospace",
  cursive: "cursive",
} as const;

function Words({ text, look, style }: WordsProps & { text: string }) {
  const [first = "", ...rest] = text.split("\n");
  return (
    <div
      style={{
        fontSize: `${numberIn(style, "size", look.size) * 100}cqmin`,
        fontWeight: look.weight,
        fontStyle: look.isItalic ? "italic" : undefined,
        fontFamily: look.family && FAMILIES[look.family],
        lineHeight: 1.2,
        color: wordsIn(style, "color") || look.color,
        background: look.box,
        padding: look.box && "0.35em 0.6em",
        borderRadius: look.box && "0.2em",
        textShadow: look.box ? undefined : "0 0 0.18em rgb(0 0 0 / 0.75)",
        maxWidth: "84cqw",
        whiteSpace: "pre-wrap",
        overflowWrap: "anywhere",
        textWrap: "balance",
      }}
    >
      {first}
      {rest.length > 0 && <div style={{ fontSize: `${look.rest ?? 1}em` }}>{rest.join("\n")}</div>}
    </div>
  );
}

interface PlaceProps {
  placement: Record<string, unknown>;
  usual: string;
  down?: number;
  children: ReactNode;
}

const COLUMNS = { left: "start", right: "end" } as const;
const ROWS = { top: "start", bottom: "end" } as const;

function Place({ placement, usual, down = 0, children }: PlaceProps) {
  const { settings } = useProject();
  const free = partIn(placement, "at");
  if (typeof free.x === "number" && typeof free.y === "number") {
    const where = { left: `${free.x * 100}%`, top: `${free.y * 100}%` };
    return (
      <div className="absolute -translate-1/2 text-center" style={where}>
        {children}
      </div>
    );
  }
  const anchor = wordsIn(placement, "anchor") || usual;
  const parts = anchor.split("-");
  const column = parts.find((part) => part in COLUMNS) as keyof typeof COLUMNS | undefined;
  const row = parts.find((part) => part in ROWS) as keyof typeof ROWS | undefined;
  const safe = safeArea(settings.width, settings.height);
  const x = numberIn(placement, "x", 0);
  const y = numberIn(placement, "y", anchor === usual ? down : 0);
  const style: CSSProperties = {
    justifyContent: column ? COLUMNS[column] : "center",
    alignItems: row ? ROWS[row] : "center",
    textAlign: column ? COLUMNS[column] : "center",
    paddingInline: `${safe.x * 100}cqw`,
    paddingTop: `${safe.top * 100}cqh`,
    paddingBottom: `${safe.bottom * 100}cqh`,
    transform: `translate(${x * 100}cqw, ${y * 100}cqh)`,
  };
  return (
    <div className="absolute inset-0 flex" style={style}>
      {children}
    </div>
  );
}
