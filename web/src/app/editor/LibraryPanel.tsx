// The left panel, the library: the segments, or what can be put on the film beside them.
import { Suspense } from "react";
import { LibraryTabs } from "@/features/library/LibraryTabs";
import { SegmentComposer } from "@/features/segments/SegmentComposer";
import { SegmentList } from "@/features/segments/SegmentList";
import { ACCEPTED_FOOTAGE, type Upload } from "@/lib/hooks/useUpload";
import { useProject } from "@/lib/store/document";
import { useSession } from "@/lib/store/session";
import { FileButton } from "@/ui/FileButton";
import { LibraryContent } from "./later";

interface LibraryPanelProps {
  footage: { upload: Upload | null; send: (files: Iterable<File>) => Promise<void> };
}

export function LibraryPanel({ footage }: LibraryPanelProps) {
  const tab = useSession((state) => state.listTab);
  return (
    <aside aria-label="Library" className="flex h-full min-h-0 flex-col">
      <header className="shrink-0 px-2 py-1.5">
        <LibraryTabs value={tab} onChange={(listTab) => useSession.setState({ listTab })} />
      </header>
      <div id={`panel-${tab}`} role="tabpanel" className="flex min-h-0 flex-1 flex-col">
        {tab === "shots" ? (
          <Shots footage={footage} />
        ) : (
          <Suspense>
            <LibraryContent tab={tab} />
          </Suspense>
        )}
      </div>
    </aside>
  );
}

function Shots({ footage }: LibraryPanelProps) {
  const { segments } = useProject();
  return (
    <>
      <div className="flex h-7 shrink-0 items-center gap-2 pr-1.5 pl-4">
        <h2 className="sr-only">Segments</h2>
        <span className="flex-1 text-2xs text-faint tabular-nums">
          {segments.length > 0 &&
            (segments.length === 1 ? "1 segment" : `${segments.length} segments`)}
        </span>
        <FileButton
          label="Own footage"
          look="quiet"
          isMultiple
          accept={ACCEPTED_FOOTAGE}
          share={footage.upload?.share}
          onFiles={(files) => void footage.send(files)}
          className="h-7 px-2 text-xs"
        />
      </div>
      {segments.length > 0 ? (
        <>
          <SegmentList />
          <div className="border-t border-line p-3">
            <SegmentComposer label="Describe the next shot" />
          </div>
        </>
      ) : (
        <p className="px-4 text-xs text-faint">Your segments will stand here in order.</p>
      )}
    </>
  );
}
