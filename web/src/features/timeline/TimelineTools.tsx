// The row above the strip: what is on it, moving the selected clip by click, and zoom.
import { ArrowLeft, ArrowRight, Copy, MoveHorizontal, Trash2, ZoomIn, ZoomOut } from "lucide-react";
import { clock } from "@/engine/timecode";
import { deleteSegment } from "@/lib/actions/deleteSegment";
import { duplicateSegment } from "@/lib/actions/duplicateSegment";
import { moveSegmentBy } from "@/lib/actions/moveSegment";
import { useProject } from "@/lib/store/document";
import { useSession, ZOOM_STEP, zoomBy } from "@/lib/store/session";
import { IconButton } from "@/ui/IconButton";

interface TimelineToolsProps {
  count: number;
  total: number;
  isFitted: boolean;
}

export function TimelineTools({ count, total, isFitted }: TimelineToolsProps) {
  const selected = useSelected();
  const id = selected?.id ?? "";
  const at = selected?.order_index ?? 0;
  return (
    <div
      role="toolbar"
      aria-label="Timeline tools"
      className="flex h-10 shrink-0 items-center gap-0.5 px-2"
    >
      <IconButton
        label="Move earlier"
        keys="Alt ←"
        disabled={!selected || at === 0}
        onClick={() => void moveSegmentBy(id, -1)}
      >
        <ArrowLeft />
      </IconButton>
      <IconButton
        label="Move later"
        keys="Alt →"
        disabled={!selected || at === count - 1}
        onClick={() => void moveSegmentBy(id, 1)}
      >
        <ArrowRight />
      </IconButton>
      <span aria-hidden className="mx-1 h-4 w-px bg-line" />
      <IconButton
        label="Duplicate"
        keys="Ctrl D"
        disabled={!selected}
        onClick={() => void duplicateSegment(id)}
      >
        <Copy />
      </IconButton>
      <IconButton
        label="Delete"
        keys="Del"
        disabled={!selected}
        onClick={() => void deleteSegment(id)}
      >
        <Trash2 />
      </IconButton>
      <p className="flex-1 px-3 text-xs text-faint tabular-nums">
        {count === 1 ? "1 segment" : `${count} segments`} · {clock(total)}
      </p>
      <IconButton label="Zoom out" keys="-" onClick={() => zoomBy(1 / ZOOM_STEP)}>
        <ZoomOut />
      </IconButton>
      <IconButton label="Zoom in" keys="=" onClick={() => zoomBy(ZOOM_STEP)}>
        <ZoomIn />
      </IconButton>
      <IconButton
        label="Fit to width"
        keys="\"
        isOn={isFitted}
        onClick={() => useSession.setState({ zoom: null })}
      >
        <MoveHorizontal />
      </IconButton>
    </div>
  );
}

function useSelected() {
  const { segments } = useProject();
  const selectedId = useSession((state) => state.selectedId);
  return segments.find((segment) => segment.id === selectedId);
}
