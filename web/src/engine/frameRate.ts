// Frame rates as the API writes them: a number, or an exact fraction such as "30000/1001". Pure.

/** Frames a second as a number, for showing and stepping; 24 for what cannot be read. */
export function framesPerSecond(rate: number | string): number {
  const [over, under = "1"] = String(rate).split("/");
  const value = Number(over) / Number(under);
  return Number.isFinite(value) && value > 0 ? value : 24;
}

/** "24", "29.97". */
export function rateLabel(rate: number | string): string {
  return String(Number(framesPerSecond(rate).toFixed(3)));
}
