// The editor's frame: bar on top, segments left, preview centre, inspector right, timeline below.
import { Suspense } from "react";
import { Group, Panel, Separator, useDefaultLayout } from "react-resizable-panels";
import { Preview } from "@/features/preview/Preview";
import { FilmMenu } from "@/features/renders/FilmMenu";
import { segmentMenu } from "@/features/segments/segmentMenu";
import { Timeline } from "@/features/timeline/Timeline";
import { DropZone } from "@/features/upload/DropZone";
import { FirstSegment } from "./FirstSegment";
import { InspectorPanel, useFetchLater } from "./later";
import { SegmentsPanel } from "./SegmentsPanel";
import { TopBar } from "./TopBar";
import { useAddFootage } from "./useAddFootage";
import { useEditorKeys } from "./useEditorKeys";
import { useRenderNews } from "./useRenderNews";

export function EditorLayout() {
  useEditorKeys();
  useFetchLater();
  useRenderNews();
  const footage = useAddFootage();
  const rows = useDefaultLayout({ id: "video-foundry.rows", storage: localStorage });
  const columns = useDefaultLayout({ id: "video-foundry.columns", storage: localStorage });
  return (
    <DropZone
      className="flex h-full min-w-[60rem] flex-col"
      onFiles={(files) => void footage.send(files)}
    >
      <TopBar />
      <main className="min-h-0 flex-1">
        <Group
          orientation="vertical"
          defaultLayout={rows.defaultLayout}
          onLayoutChanged={rows.onLayoutChanged}
        >
          <Panel id="work" minSize="320px">
            <Group
              orientation="horizontal"
              defaultLayout={columns.defaultLayout}
              onLayoutChanged={columns.onLayoutChanged}
            >
              <Panel
                id="segments"
                defaultSize="264px"
                minSize="220px"
                maxSize="420px"
                groupResizeBehavior="preserve-pixel-size"
                className="bg-panel"
              >
                <SegmentsPanel footage={footage} />
              </Panel>
              <Splitter axis="x" />
              <Panel id="preview" minSize="360px">
                <Preview empty={<FirstSegment />} films={<FilmMenu />} />
              </Panel>
              <Splitter axis="x" />
              <Panel
                id="inspector"
                defaultSize="328px"
                minSize="288px"
                maxSize="520px"
                groupResizeBehavior="preserve-pixel-size"
                className="bg-panel"
              >
                <Suspense>
                  <InspectorPanel />
                </Suspense>
              </Panel>
            </Group>
          </Panel>
          <Splitter axis="y" />
          <Panel
            id="timeline"
            defaultSize="248px"
            minSize="150px"
            maxSize="420px"
            groupResizeBehavior="preserve-pixel-size"
            className="bg-panel"
          >
            <Timeline menuFor={segmentMenu} />
          </Panel>
        </Group>
      </main>
    </DropZone>
  );
}

function Splitter({ axis }: { axis: "x" | "y" }) {
  return (
    <Separator
      aria-label={axis === "x" ? "Resize panels" : "Resize timeline"}
      className={
        axis === "x"
          ? "relative w-px bg-line outline-none after:absolute after:inset-y-0 after:-left-[3px] after:w-[7px] hover:bg-accent focus-visible:bg-accent data-[separator=active]:bg-accent"
          : "relative h-px bg-line outline-none after:absolute after:inset-x-0 after:-top-[3px] after:h-[7px] hover:bg-accent focus-visible:bg-accent data-[separator=active]:bg-accent"
      }
    />
  );
}
