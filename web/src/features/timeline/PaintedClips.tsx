// All clips of a film that is zoomed out so far that each is only some px wide: painted on one canvas.
import { memo, useEffect, useLayoutEffect, useRef } from "react";
import { totalWidth } from "@/engine/clipLayout";
import { useTheme } from "@/ui/useTheme";
import { type Painting, paintClips } from "./paintClips";

interface PaintedClipsProps extends Omit<Painting, "theme"> {
  from: number;
  to: number;
}

export const PaintedClips = memo(function PaintedClips(props: PaintedClipsProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useTheme();
  const left = Math.max(0, props.from);
  const width = Math.max(1, Math.min(totalWidth(props.layout), props.to) - left);
  const repaint = useRef(() => undefined as unknown);
  const raf = useRef(0);
  useLayoutEffect(() => {
    /** Pictures that come in the same frame are painted together. */
    const soon = () => {
      cancelAnimationFrame(raf.current);
      raf.current = requestAnimationFrame(() => repaint.current());
    };
    repaint.current = () =>
      canvas.current && paintClips(canvas.current, left, width, { ...props, theme }, soon);
    repaint.current();
  }, [left, width, props, theme]);
  useEffect(() => () => cancelAnimationFrame(raf.current), []);
  return (
    <canvas
      ref={canvas}
      aria-hidden
      data-painted
      className="absolute top-0 h-full rounded-sm"
      style={{ left, width }}
    />
  );
});
