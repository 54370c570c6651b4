// Whether everything is on the server, and whether we hear from it.
import { CloudAlert, CloudCheck, CloudOff } from "lucide-react";
import { saveEdits } from "@/lib/actions/editSegment";
import { useDocument } from "@/lib/store/document";
import { useSession } from "@/lib/store/session";
import { Spinner } from "@/ui/Spinner";
import { Tooltip } from "@/ui/Tooltip";

export function SaveState() {
  const save = useDocument((state) => state.save);
  const message = useDocument((state) => state.saveMessage);
  const isLive = useSession((state) => state.isLive);
  if (save === "failed") {
    return (
      <Tooltip text={message ?? "The server refused the change."}>
        <button
          type="button"
          onClick={() => void saveEdits()}
          className="flex h-7 shrink-0 items-center gap-1.5 rounded-md px-2 text-xs whitespace-nowrap text-bad hover:bg-bad-soft"
        >
          <CloudAlert aria-hidden className="size-4 shrink-0" />
          <span>
            Not saved<span className="max-xl:sr-only">, try again</span>
          </span>
        </button>
      </Tooltip>
    );
  }
  if (!isLive) return <State icon={<CloudOff />} text="Reconnecting" look="text-warn" />;
  if (save === "saved") return <State icon={<CloudCheck />} text="Saved" look="text-faint" />;
  return <State icon={<Spinner />} text="Saving" look="text-faint" />;
}

function State({ icon, text, look }: { icon: React.ReactNode; text: string; look: string }) {
  return (
    <span role="status" className={`flex items-center gap-1.5 px-2 text-xs [&>svg]:size-4 ${look}`}>
      {icon}
      <span className="max-xl:sr-only">{text}</span>
    </span>
  );
}
