// The editor's panels: library left, preview centre, inspector right, timeline below. What a person
// made of their sizes is remembered.
import { Suspense } from "react";
import { Group, Panel, useDefaultLayout } from "react-resizable-panels";
import { useLibrary } from "@/commands/library";
import { itemMenu } from "@/features/items/itemMenu";
import { Preview } from "@/features/preview/Preview";
import { FilmMenu } from "@/features/renders/FilmMenu";
import { segmentMenu } from "@/features/segments/segmentMenu";
import { CandidateBar } from "@/features/takes/CandidateBar";
import { Timeline } from "@/features/timeline/Timeline";
import { DropZone } from "@/features/upload/DropZone";
import { useClipboardEvents } from "@/lib/clipboard/useClipboardEvents";
import type { Item } from "@/lib/itemRequests";
import { useDocument } from "@/lib/store/document";
import { Beginning } from "./Beginning";
import { LibraryPanel } from "./LibraryPanel";
import { InspectorPanel } from "./later";
import { Splitter } from "./Splitter";
import { TopBar } from "./TopBar";
import { useAddFootage } from "./useAddFootage";

const menuOfItem = (item: Item) => itemMenu(item, useDocument.getState().items);

export function Panels() {
  useClipboardEvents();
  const footage = useAddFootage();
  const rows = useDefaultLayout({ id: "video-foundry.rows", storage: localStorage });
  return (
    <DropZone className="flex h-full flex-col" onFiles={(files) => void footage.send(files)}>
      <TopBar />
      <main className="min-h-0 flex-1">
        <Group
          orientation="vertical"
          defaultLayout={rows.defaultLayout}
          onLayoutChanged={rows.onLayoutChanged}
        >
          <Panel id="work" minSize="320px">
            <Columns footage={footage} />
          </Panel>
          <Splitter axis="y" label="Height of the timeline" />
          <Panel
            id="timeline"
            defaultSize="248px"
            minSize="150px"
            maxSize="480px"
            groupResizeBehavior="preserve-pixel-size"
            className="bg-panel"
          >
            <Timeline menuFor={segmentMenu} menuOfItem={menuOfItem} />
          </Panel>
        </Group>
      </main>
    </DropZone>
  );
}

function Columns({ footage }: { footage: ReturnType<typeof useAddFootage> }) {
  const hasLibrary = useLibrary((state) => state.isOpen);
  const columns = useDefaultLayout({
    id: "video-foundry.columns",
    storage: localStorage,
    panelIds: [...(hasLibrary ? ["segments"] : []), "preview", "inspector"],
  });
  return (
    <Group
      // With another number of panels other sizes are remembered.
      key={hasLibrary ? "three" : "two"}
      orientation="horizontal"
      defaultLayout={columns.defaultLayout}
      onLayoutChanged={columns.onLayoutChanged}
    >
      {hasLibrary && (
        <>
          <Panel
            id="segments"
            defaultSize="264px"
            minSize="220px"
            maxSize="420px"
            groupResizeBehavior="preserve-pixel-size"
            className="bg-panel"
          >
            <LibraryPanel footage={footage} />
          </Panel>
          <Splitter axis="x" label="Width of the library" />
        </>
      )}
      <Panel id="preview" minSize="360px">
        <Preview empty={<Beginning />} films={<FilmMenu />} candidate={<CandidateBar />} />
      </Panel>
      <Splitter axis="x" label="Width of the inspector" />
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
  );
}
