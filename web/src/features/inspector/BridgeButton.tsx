// Leading into the next segment with a new one between the two, instead of a transition.
import { Waypoints } from "lucide-react";
import { useState } from "react";
import { whyNoBridge } from "@/engine/bridge";
import { bridgeSegments } from "@/lib/actions/bridgeSegments";
import { useDocument } from "@/lib/store/document";
import { Button } from "@/ui/Button";

export function BridgeButton({ segmentId }: { segmentId: string }) {
  const why = useDocument(({ project }) => whyNoBridge(project?.segments ?? [], segmentId));
  const [isBusy, setBusy] = useState(false);
  const bridge = async () => {
    setBusy(true);
    await bridgeSegments(segmentId);
    setBusy(false);
  };
  return (
    <div className="flex flex-col gap-1.5">
      <Button disabled={why !== null} isBusy={isBusy} onClick={() => void bridge()}>
        {!isBusy && <Waypoints aria-hidden />}
        Bridge with a new segment
      </Button>
      <p className="text-2xs text-faint">
        {why ??
          "It begins with the last frame of this one and ends with the first frame of the next. Nothing is generated until you ask for it."}
      </p>
    </div>
  );
}
