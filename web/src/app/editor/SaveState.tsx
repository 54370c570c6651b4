// Whether everything is on the server, and whether we hear from it.
import { CloudAlert, CloudCheck, CloudOff } from "lucide-react";
import { saveEdits } from "@/lib/actions/editSegment";
import { cn } from "@/lib/cn";
import { useDocument } from "@/lib/store/document";
import { useSession } from "@/lib/store/session";
import { Spinner } from "@/ui/Spinner";
import { Tooltip } from "@/ui/Tooltip";

export function SaveState() {
  const save = useDocument((state) => state.save);
  const message = useDocument((state) => state.saveMessage);
  const isLive = useSession((state) => state.isLive);
  if (save === "failed") {
    const reason = message ?? "The server refused the change.";
    return <Unsaved icon={<CloudAlert />} text="Not saved" more=", try again" reason={reason} />;
  }
  if (save === "unreachable") {
    return (
      <Unsaved icon={<CloudOff />} text="Offline" more=", kept here" reason={KEPT} isWaiting />
    );
  }
  if (!isLive) return <State icon={<CloudOff />} text="Reconnecting" look="text-warn" />;
  if (save === "saved") return <State icon={<CloudCheck />} text="Saved" look="text-faint" />;
  return <State icon={<Spinner />} text="Saving" look="text-faint" />;
}

const KEPT =
  "The server cannot be reached. What you do is kept in this browser, and sent when it answers.";

interface UnsavedProps {
  icon: React.ReactNode;
  text: string;
  /** Goes on where `text` ends, where there is room. */
  more: string;
  reason: string;
  /** Whether it is tried again without anybody's help. */
  isWaiting?: boolean;
}

/** A click tries again at once. */
function Unsaved({ icon, text, more, reason, isWaiting = false }: UnsavedProps) {
  return (
    <Tooltip text={reason}>
      <button
        type="button"
        onClick={() => void saveEdits()}
        className={cn(
          "flex h-7 shrink-0 items-center gap-1.5 rounded-md px-2 text-xs whitespace-nowrap [&>svg]:size-4",
          isWaiting ? "text-warn hover:bg-hover" : "text-bad hover:bg-bad-soft",
        )}
      >
        {icon}
        <span>
          {text}
          <span className="max-xl:sr-only">{more}</span>
        </span>
      </button>
    </Tooltip>
  );
}

function State({ icon, text, look }: { icon: React.ReactNode; text: string; look: string }) {
  return (
    <span role="status" className={`flex items-center gap-1.5 px-2 text-xs [&>svg]:size-4 ${look}`}>
      {icon}
      <span className="max-xl:sr-only">{text}</span>
    </span>
  );
}
