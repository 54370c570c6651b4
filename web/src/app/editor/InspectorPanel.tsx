// The right panel: everything about the selected segment or item, put together from the features. It
// follows the selection once the strip and the list have shown it: a click waits for no form.
import { memo, useDeferredValue } from "react";
import type { FieldProblem } from "@/api/problem";
import type { Segment } from "@/api/types";
import { carryOver } from "@/engine/paramForm";
import { SeedLock } from "@/features/generate/SeedLock";
import { InspectorHeader } from "@/features/inspector/InspectorHeader";
import { InspectorTabs } from "@/features/inspector/InspectorTabs";
import { OwnFootage } from "@/features/inspector/OwnFootage";
import { PromptField } from "@/features/inspector/PromptField";
import { StatusNotice } from "@/features/inspector/StatusNotice";
import { TakeStrip } from "@/features/inspector/TakeStrip";
import { TrimFields } from "@/features/inspector/TrimFields";
import { ItemInspector } from "@/features/items/ItemInspector";
import { ModelPicker } from "@/features/models/ModelPicker";
import { ModelsAway } from "@/features/models/ModelsAway";
import type { MediaControl } from "@/features/models/ParamField";
import { ParamForm } from "@/features/models/ParamForm";
import { segmentMenu } from "@/features/segments/segmentMenu";
import { MediaField } from "@/features/upload/MediaField";
import { editSegment } from "@/lib/actions/editSegment";
import { WHOLE } from "@/lib/actions/perform";
import { findModel, useMedia, useModels } from "@/lib/queries";
import { useDocument, useProject } from "@/lib/store/document";
import { useSession } from "@/lib/store/session";
import { Disclosure } from "@/ui/Disclosure";
import { SegmentSections } from "./SegmentSections";
import { useTakePrice } from "./useTakePrice";

const NO_PROBLEMS: readonly FieldProblem[] = [];

export default function InspectorPanel() {
  const { segments } = useProject();
  const selectedId = useSession((state) => state.selectedId);
  const followed = useFollowed(selectedId);
  const itemId = useFollowed(useSession((state) => state.selectedItemId));
  const item = useDocument((state) => state.items.find(({ id }) => id === itemId));
  const find = (id: string | null) => segments.find((other) => other.id === id);
  // What was shown until now may be what was deleted.
  const segment = find(followed) ?? find(selectedId);
  return (
    <aside aria-label="Inspector" className="flex h-full min-h-0 flex-col">
      {item ? (
        <ItemInspector item={item} />
      ) : segment ? (
        <SegmentInspector segment={segment} count={segments.length} />
      ) : (
        <p className="m-auto max-w-48 text-center text-xs text-faint">
          Choose a segment to see and change it here.
        </p>
      )}
    </aside>
  );
}

/** What is chosen, a moment later unless somebody goes to the inspector meanwhile. */
function useFollowed(chosen: string | null): string | null {
  const later = useDeferredValue(chosen);
  return useSession((state) => state.isInspected) ? chosen : later;
}

interface SegmentInspectorProps {
  segment: Segment;
  count: number;
}

const SegmentInspector = memo(function SegmentInspector(props: SegmentInspectorProps) {
  const { segment, count } = props;
  const tab = useSession((state) => state.inspectorTab);
  return (
    <>
      <InspectorHeader segment={segment} menu={segmentMenu(segment, count)} />
      <div className="flex shrink-0 border-b border-line px-4 pb-3">
        <InspectorTabs segment={segment} isLast={segment.order_index === count - 1} />
      </div>
      <div
        id={`panel-${tab}`}
        role="tabpanel"
        className="flex min-h-0 flex-1 flex-col gap-4 overflow-y-auto px-4 pt-4 pb-6"
      >
        {tab === "about" ? (
          <About segment={segment} />
        ) : (
          <SegmentSections key={segment.id} segment={segment} tab={tab} />
        )}
      </div>
    </>
  );
});

function About({ segment }: { segment: Segment }) {
  return segment.media === null ? (
    <Generated segment={segment} />
  ) : (
    <Own key={segment.id} segment={segment} mediaId={segment.media} />
  );
}

const mediaField = (control: MediaControl) => <MediaField {...control} />;

/** Stays from one segment to the next: only what differs is drawn anew. */
function Generated({ segment }: { segment: Segment }) {
  const query = useModels();
  const models = query.data;
  const model = findModel(models, segment.model_params.model);
  const problems = useDocument((state) => state.fieldProblems[segment.id] ?? NO_PROBLEMS);
  const modelProblem = problems.find((problem) => problem.field.endsWith("model_params.model"));
  const price = useTakePrice(segment);
  return (
    <>
      <StatusNotice segment={segment} price={price} />
      <PromptField
        key={segment.id}
        segment={segment}
        problem={problems.find((problem) => problem.field === "prompt")}
      />
      {models === undefined ? (
        <ModelsAway
          error={query.error}
          isFetching={query.isFetching}
          onRetry={() => void query.refetch()}
        />
      ) : (
        <ModelPicker
          models={models}
          value={segment.model_params.model}
          note={model?.alias_notes[String(segment.model_params.model)] ?? null}
          error={modelProblem?.message}
          fix={modelProblem?.fix}
          onChange={({ id, parameters }) =>
            editSegment(
              segment.id,
              { model_params: carryOver(segment.model_params, id, parameters) },
              WHOLE,
            )
          }
        />
      )}
      {model && (
        <ParamForm
          key={model.id}
          owner={segment.id}
          schema={model.parameters}
          params={segment.model_params}
          problems={problems}
          onChange={(model_params, part) => editSegment(segment.id, { model_params }, part)}
          renderMedia={mediaField}
          asideOf={(name) => name === "seed" && <SeedLock segmentId={segment.id} />}
        />
      )}
      <hr className="border-line" />
      <TakeStrip segment={segment} />
      {segment.asset_url && (
        <Disclosure title="Trim" isOpen={segment.trim !== null || undefined}>
          <TrimFields segment={segment} />
        </Disclosure>
      )}
    </>
  );
}

function Own({ segment, mediaId }: { segment: Segment; mediaId: string }) {
  const { data: media } = useMedia(mediaId);
  return (
    <>
      <OwnFootage mediaId={mediaId} />
      <TrimFields segment={segment} isStill={media?.kind === "image"} />
    </>
  );
}
