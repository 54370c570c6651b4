// Times as people read them. Pure.

/** "0:42", "12:05", "1:02:03"; half a second and more rounds up. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [Math.floor(whole / 60) % 60, whole % 60];
  const hours = Math.floor(whole / 3600);
  const [minutes, rest] = parts.map((part) => String(part).padStart(2, "0"));
  return hours > 0 ? `${hours}:${minutes}:${rest}` : `${Number(minutes)}:${rest}`;
}

/** "0:07", "0:07.5": a moment of the film to the tenth of a second. */
export function moment(seconds: number): string {
  const tenths = Math.max(0, Math.round(seconds * 10));
  const rest = tenths % 10;
  return `${clock(Math.floor(tenths / 10))}${rest === 0 ? "" : `.${rest}`}`;
}

/** "00:03:12": minutes, seconds, frames at `fps`; hours stand in front from one hour on. */
export function timecode(seconds: number, fps: number): string {
  const base = Math.round(fps);
  const frames = Math.max(0, Math.floor(seconds * fps + 1e-6));
  const total = Math.floor(frames / base);
  const parts = [Math.floor(total / 60) % 60, total % 60, frames % base];
  if (total >= 3600) parts.unshift(Math.floor(total / 3600));
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}

/**
 * Seconds of a time as people type it at `fps`: "12" and "1:12" (seconds, minutes), "00:01:12" (as
 * `timecode` writes it, frames last), "0:42.5", "250f" (frames). Null for anything else.
 */
export function parseTimecode(text: string, fps: number): number | null {
  const told = text.trim();
  const inFrames = /^(\d+)\s*f$/i.exec(told);
  if (inFrames) return (Number(inFrames[1]) + FIRM) / fps;
  // Seconds have fractions; where frames are told there is nothing smaller.
  if (!/^(\d+:)?\d+(\.\d+)?$|^(\d+:){2,3}\d+$/.test(told)) return null;
  const parts = told.split(":").map(Number);
  if (parts.length < 3) return parts.reduce((sum, part) => sum * 60 + part, 0);
  const frames = parts.pop() ?? 0;
  const whole = parts.reduce((sum, part) => sum * 60 + part, 0);
  return (whole * Math.round(fps) + frames + FIRM) / fps;
}

/** A little into a frame, so that rounding does not lead into the one before. */
const FIRM = 1e-3;

/** "3 s", "4.5 s": a length beside a clip. */
export function shortSeconds(seconds: number): string {
  return `${Number(seconds.toFixed(1))} s`;
}

/** "a moment", "about 40 s", "about 3 min", "about 2 h": a wait, honestly vague. */
export function roughWait(seconds: number): string {
  if (seconds < 2) return "a moment";
  if (seconds < 90) return `about ${Math.max(5, Math.round(seconds / 5) * 5)} s`;
  if (seconds < 5400) return `about ${Math.round(seconds / 60)} min`;
  return `about ${Math.round(seconds / 3600)} h`;
}

/** "a moment", "≈ 40 s", "≈ 3 min": the same beside a price. */
export const shortWait = (seconds: number): string => roughWait(seconds).replace("about", "≈");

/** "just now", "5 min ago", "3 h ago", "2 days ago", else the date. */
export function ago(then: string, now: number): string {
  const minutes = Math.floor((now - Date.parse(then)) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ago`;
  const days = Math.floor(minutes / 1440);
  if (days < 8) return days === 1 ? "yesterday" : `${days} days ago`;
  return new Date(then).toLocaleDateString();
}
