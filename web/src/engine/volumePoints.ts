// The volume of a sound over its time, as points that forms show: seconds from where it begins to be
// heard, and decibels that are added to its volume. Pure.
import { gainAt, pointsOf } from "./scene/gains";
import type { Sound } from "./treatment";

export type VolumePoint = Sound["keyframes"][number];

/** Those among the fields of an item or a segment's sound. */
export const volumePointsIn = (value: unknown): readonly VolumePoint[] =>
  Array.isArray(value) ? (value as VolumePoint[]) : [];

/** With one more at a moment, which changes nothing yet; null where there is one already. */
export function withPoint(points: readonly VolumePoint[], at: number): VolumePoint[] | null {
  if (points.some((point) => point.at === at)) return null;
  const gain_db = Number(gainAt(pointsOf({ keyframes: [...points] }, 0), at).toFixed(2));
  return inOrder([...points, { at, gain_db }]);
}

/** With one of them changed. One that passes its neighbours takes its place among them. */
export const withChangedPoint = (
  points: readonly VolumePoint[],
  index: number,
  part: Partial<VolumePoint>,
): VolumePoint[] =>
  inOrder(points.map((point, place) => (place === index ? { ...point, ...part } : point)));

const inOrder = (points: VolumePoint[]) => points.sort((one, other) => one.at - other.at);
