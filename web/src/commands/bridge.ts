// The command that leads from one clip to the next with a new segment between them.
import { whyNoBridge } from "@/engine/bridge";
import { bridgeSegments } from "@/lib/actions/bridgeSegments";
import { useDocument } from "@/lib/store/document";
import type { Command } from "./command";
import { selectedSegment } from "./selected";

/** Why nothing can lead out of this segment into the next one; null where something can. */
export const whyNotBridged = (id: string): string | null =>
  whyNoBridge(useDocument.getState().project?.segments ?? [], id);

export const BRIDGE: Command = {
  id: "segment.bridge",
  title: "Bridge with a new segment",
  section: "Segments",
  keys: [],
  words: "between clips cut next first last frame connect interpolate morph transition",
  isEnabled: () => {
    const segment = selectedSegment();
    return segment !== undefined && whyNotBridged(segment.id) === null;
  },
  run: () => {
    const segment = selectedSegment();
    if (segment !== undefined) void bridgeSegments(segment.id);
  },
};
