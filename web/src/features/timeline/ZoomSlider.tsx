// How far the strip is zoomed, as a slider that is even to the eye.
import type { CSSProperties } from "react";
import { type Scale, scaleOfShare, shareOfScale } from "@/engine/window";
import { zoomBy } from "@/lib/store/session";

interface ZoomSliderProps {
  scale: Scale;
  pxPerSecond: number;
}

const STEPS = 200;

export function ZoomSlider({ scale, pxPerSecond }: ZoomSliderProps) {
  const share = shareOfScale(scale, pxPerSecond);
  const style = { "--share": `${share * 100}%`, "--home": "0%" } as CSSProperties;
  return (
    <input
      type="range"
      aria-label="Zoom"
      aria-valuetext={`${Math.round(share * 100)} %`}
      className="slider w-28"
      min={0}
      max={STEPS}
      value={Math.round(share * STEPS)}
      style={style}
      onChange={(event) =>
        zoomBy(scaleOfShare(scale, Number(event.target.value) / STEPS) / pxPerSecond)
      }
    />
  );
}
