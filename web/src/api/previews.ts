// Requests about what is seen of a clip before it is played: filmstrips, waveforms, proxies.
import { http, only } from "./client";
import type { components } from "./schema";
import type { Full } from "./types";

export type Previews = Full<components["schemas"]["Previews"]>;
export type PreviewKind = "sprite" | "waveform" | "proxy";

/** The previews of those that exist; what is missing is being made from now on. */
export const askPreviews = async (
  digests: string[],
  kinds: PreviewKind[],
  project_id: string,
): Promise<Previews[]> =>
  (await only(http.POST("/api/previews", { body: { digests, kinds, project_id, retry: false } })))
    .previews;

/** Peaks as the server keeps them. Throws where there is no such file. */
export async function getPeaks(url: string): Promise<ArrayBuffer> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`peaks: ${answer.status}`);
  return answer.arrayBuffer();
}
