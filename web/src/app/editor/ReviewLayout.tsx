// The editor on a phone: watch the film, read the segments, choose takes. Nothing is cut here.
import type { Segment } from "@/api/types";
import { QueueChip } from "@/features/generate/QueueChip";
import { OwnFootage } from "@/features/inspector/OwnFootage";
import { StatusNotice } from "@/features/inspector/StatusNotice";
import { TakeStrip } from "@/features/inspector/TakeStrip";
import { PlanChip } from "@/features/plan/PlanChip";
import { Preview } from "@/features/preview/Preview";
import { FilmMenu } from "@/features/renders/FilmMenu";
import { RenderButton } from "@/features/renders/RenderButton";
import { ReviewList } from "@/features/segments/ReviewList";
import { CandidateBar } from "@/features/takes/CandidateBar";
import { useDocument, useProject } from "@/lib/store/document";
import { ThemeButton } from "../ThemeButton";
import { Beginning } from "./Beginning";
import { SaveState } from "./SaveState";
import { BackLink } from "./TopBar";
import { useTakePrice } from "./useTakePrice";

export default function ReviewLayout() {
  const { segments } = useProject();
  const isEmpty = segments.length === 0;
  return (
    <div className="flex h-full flex-col">
      <Bar />
      <main className="flex min-h-0 flex-1 flex-col">
        <div className={isEmpty ? "min-h-0 flex-1" : "h-[min(48dvh,62vw+5.5rem)] shrink-0"}>
          <Preview empty={<Beginning />} films={<FilmMenu />} candidate={<CandidateBar />} />
        </div>
        {!isEmpty && (
          <>
            <div className="flex shrink-0 flex-wrap items-center gap-1.5 *:grow border-y border-line bg-panel px-3 py-2">
              <QueueChip />
              <PlanChip />
              <RenderButton />
            </div>
            <ReviewList renderDetail={detailOf} />
          </>
        )}
      </main>
    </div>
  );
}

function Bar() {
  const name = useDocument((state) => state.project?.name);
  return (
    <header className="flex h-12 shrink-0 items-center gap-1 border-b border-line bg-panel pr-2 pl-2">
      <BackLink />
      <h1 dir="auto" className="min-w-0 truncate font-semibold">
        {name}
      </h1>
      <SaveState />
      <span className="flex-1" />
      <ThemeButton />
    </header>
  );
}

const detailOf = (segment: Segment) => <Detail segment={segment} />;

function Detail({ segment }: { segment: Segment }) {
  const price = useTakePrice(segment);
  if (segment.media !== null) return <OwnFootage mediaId={segment.media} />;
  return (
    <>
      <StatusNotice segment={segment} price={price} />
      <TakeStrip segment={segment} />
    </>
  );
}
