// The part that is looked at again and again: from one mark to the other.
import { X } from "lucide-react";
import { useKeyText } from "@/commands/keySettings";
import { timecode } from "@/engine/timecode";
import { clearMarks, setMarkIn, setMarkOut, usePlayer } from "@/lib/store/player";
import { IconButton } from "@/ui/IconButton";

export function Marks({ fps }: { fps: number }) {
  const markIn = usePlayer((state) => state.markIn);
  const markOut = usePlayer((state) => state.markOut);
  const keys = {
    in: useKeyText("mark.in"),
    out: useKeyText("mark.out"),
    clear: useKeyText("mark.clear"),
  };
  const isMarked = markIn !== null || markOut !== null;
  const at = (mark: number | null) => (mark === null ? "" : `, now ${timecode(mark, fps)}`);
  return (
    <div className="hidden items-center @xl:flex">
      <IconButton
        label={`Mark the beginning${at(markIn)}`}
        keys={keys.in}
        isOn={markIn !== null}
        onClick={setMarkIn}
      >
        <span aria-hidden className="text-sm font-semibold">
          {"["}
        </span>
      </IconButton>
      <IconButton
        label={`Mark the end${at(markOut)}`}
        keys={keys.out}
        isOn={markOut !== null}
        onClick={setMarkOut}
      >
        <span aria-hidden className="text-sm font-semibold">
          {"]"}
        </span>
      </IconButton>
      {isMarked && (
        <IconButton label="Clear the marks" keys={keys.clear} onClick={clearMarks}>
          <X />
        </IconButton>
      )}
    </div>
  );
}
