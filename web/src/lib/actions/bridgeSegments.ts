// A new segment between two clips that begins as the one before ends, and ends as the one after begins.
// It is put there and selected; nothing is generated and nothing is spent.
import { listModels } from "@/api/models";
import { almostBridging, bridgeModel, bridgeParams, bridgePrompt } from "@/engine/bridge";
import { segmentEdit } from "@/engine/edits";
import { keys, queryClient } from "../queryClient";
import { useDocument } from "../store/document";
import { announce, useSession } from "../store/session";
import { say, sayProblem } from "../toast";
import { frameOf } from "./chooseFrame";
import { decided } from "./decided";
import { enterSegments, newSegment } from "./insertSegments";
import { perform, shownDoc, transact } from "./perform";

const LABEL = "bridge";

/** The segment and the one that follows it now. */
function sidesOf(id: string) {
  const segments = useDocument.getState().project?.segments ?? [];
  const at = segments.findIndex((one) => one.id === id);
  return at < 0 ? [] : segments.slice(at, at + 2);
}

/** Leads out of the segment `id` into the next one. Both have clips. */
export async function bridgeSegments(id: string): Promise<void> {
  const [before, after] = sidesOf(id);
  if (before === undefined || after === undefined) return;
  try {
    const models = await queryClient.ensureQueryData({
      queryKey: keys.models,
      queryFn: listModels,
    });
    const model = bridgeModel(models, [before, after]);
    if (model === undefined) {
      const almost = almostBridging(models);
      const title = "No model that can be used takes both a first and a last frame.";
      return say(almost ? `${title} ${almost}` : title);
    }
    const first = await frameOf(before.id, "last");
    const last = await frameOf(after.id, "first");
    // Somebody may have moved or deleted one of them meanwhile.
    if (sidesOf(id)[1]?.id !== after.id) return say("The segments have moved: bridge them again.");
    const like = [before, after].find(({ media }) => media === null);
    const body = {
      prompt: bridgePrompt(before.prompt, after.prompt),
      model_params: {
        ...bridgeParams(model, like),
        first_frame: first.id,
        last_frame: last.id,
      },
    };
    const { step } = transact(LABEL, () => {
      // The bridge takes the place of whatever led over the cut.
      const change = segmentEdit(shownDoc(), before.id, { transition: null });
      if (change !== null && before.transition !== null) perform(LABEL, [change]);
      return enterSegments([newSegment(body)], { after: before.id, before: after.id }, LABEL);
    });
    useSession.setState({ inspectorTab: "about" }); // where its prompt is
    announce(`Segment ${before.order_index + 2} added as a bridge. It is not generated yet`);
    await decided(step);
  } catch (error) {
    sayProblem("The bridge was not added", error, () => void bridgeSegments(id));
  }
}
