// The row above the strip: tools, what can be done with the selected clips by click, and zoom.
import {
  ArrowLeft,
  ArrowRight,
  Copy,
  Magnet,
  MousePointer2,
  MoveHorizontal,
  Scissors,
  SquareSplitHorizontal,
  Trash2,
  ZoomIn,
  ZoomOut,
} from "lucide-react";
import { memo } from "react";
import { deleteSelection, duplicateSelection, moveChosen } from "@/commands/edits";
import { clock } from "@/engine/timecode";
import type { Scale } from "@/engine/window";
import { splitAt } from "@/lib/clipboard/atPlayhead";
import { useProject } from "@/lib/store/document";
import { toggleSnapping, useSession, ZOOM_STEP, zoomBy } from "@/lib/store/session";
import { Tool } from "./Tool";
import { ZoomSlider } from "./ZoomSlider";

interface TimelineToolsProps {
  total: number;
  isFitted: boolean;
  scale: Scale;
  pxPerSecond: number;
}

export function TimelineTools({ total, isFitted, scale, pxPerSecond }: TimelineToolsProps) {
  return (
    <div
      role="toolbar"
      aria-label="Timeline tools"
      className="flex h-10 shrink-0 items-center gap-0.5 border-b border-line px-2"
    >
      <PointerTools />
      <Divider />
      <SelectionTools />
      <Summary total={total} />
      <Tool label="Zoom out" command="timeline.zoomOut" onClick={() => zoomBy(1 / ZOOM_STEP)}>
        <ZoomOut />
      </Tool>
      <ZoomSlider scale={scale} pxPerSecond={pxPerSecond} />
      <Tool label="Zoom in" command="timeline.zoomIn" onClick={() => zoomBy(ZOOM_STEP)}>
        <ZoomIn />
      </Tool>
      <Tool
        label="Fit to width"
        command="timeline.fit"
        isOn={isFitted}
        onClick={() => useSession.setState({ zoom: null })}
      >
        <MoveHorizontal />
      </Tool>
    </div>
  );
}

const Divider = () => <span aria-hidden className="mx-1 h-4 w-px bg-line" />;

const PointerTools = memo(function PointerTools() {
  const tool = useSession((state) => state.mainTool);
  const isSnapping = useSession((state) => state.isSnapping);
  return (
    <>
      <Tool
        label="Select"
        command="timeline.select"
        isOn={tool === "select"}
        onClick={() => useSession.setState({ mainTool: "select" })}
      >
        <MousePointer2 />
      </Tool>
      <Tool
        label="Split where I click"
        command="timeline.split"
        isOn={tool === "split"}
        onClick={() => useSession.setState({ mainTool: "split" })}
      >
        <Scissors />
      </Tool>
      <Tool label="Snap" command="timeline.snap" isOn={isSnapping} onClick={toggleSnapping}>
        <Magnet />
      </Tool>
    </>
  );
});

const SelectionTools = memo(function SelectionTools() {
  const hasItem = useSession((state) => state.selectedItemId !== null);
  const { isNone, hasFirst, hasLast } = useReach();
  return (
    <>
      <Tool
        label="Split at the playhead"
        command="edit.split"
        disabled={isNone || hasItem}
        onClick={() => splitAt()}
      >
        <SquareSplitHorizontal />
      </Tool>
      <Tool
        label="Move earlier"
        command="segment.earlier"
        disabled={hasItem || isNone || hasFirst}
        onClick={() => moveChosen(-1)}
      >
        <ArrowLeft />
      </Tool>
      <Tool
        label="Move later"
        command="segment.later"
        disabled={hasItem || isNone || hasLast}
        onClick={() => moveChosen(1)}
      >
        <ArrowRight />
      </Tool>
      <Tool
        label="Duplicate"
        command="edit.duplicate"
        disabled={isNone && !hasItem}
        onClick={duplicateSelection}
      >
        <Copy />
      </Tool>
      <Tool
        label="Delete"
        command="edit.delete"
        disabled={isNone && !hasItem}
        onClick={() => void deleteSelection()}
      >
        <Trash2 />
      </Tool>
    </>
  );
});

/** What of the film is chosen, as far as the tools care: most clicks change nothing about it. */
function useReach(): { isNone: boolean; hasFirst: boolean; hasLast: boolean } {
  const { segments } = useProject();
  const [first, last] = [segments[0]?.id ?? "", segments.at(-1)?.id ?? ""];
  return {
    isNone: useSession(({ selectedIds }) => !segments.some(({ id }) => selectedIds.includes(id))),
    hasFirst: useSession(({ selectedIds }) => selectedIds.includes(first)),
    hasLast: useSession(({ selectedIds }) => selectedIds.includes(last)),
  };
}

const Summary = memo(function Summary({ total }: { total: number }) {
  const { segments } = useProject();
  const chosen = useSession((state) => state.selectedIds.length);
  return (
    <p className="flex-1 truncate px-3 text-xs text-faint tabular-nums">
      {segments.length === 1 ? "1 segment" : `${segments.length} segments`} · {clock(total)}
      {chosen > 1 && ` · ${chosen} selected`}
    </p>
  );
});
