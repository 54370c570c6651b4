// Says that a take is looked at that is not in the cut, and offers to compare and to use it.
import { Columns2, FlipHorizontal2, X } from "lucide-react";
import type { Take } from "@/api/types";
import { useKeyText } from "@/commands/keySettings";
import { commandOf } from "@/commands/registry";
import { chooseTake } from "@/lib/actions/chooseTake";
import { flip, lookAt, toggleBeside, useCandidate } from "@/lib/store/candidate";
import { Button } from "@/ui/Button";
import { IconButton } from "@/ui/IconButton";

export function CandidateBar() {
  const take = useCandidate((state) => state.take);
  return take === null ? null : <Bar take={take} />;
}

function Bar({ take }: { take: Take }) {
  const { isFlipped, isBeside } = useCandidate();
  const keys = useKeyText("take.use");
  return (
    <section aria-label="Candidate" className="flex min-w-0 items-center justify-end gap-1.5">
      <p className="min-w-0 truncate text-xs">
        <span className="text-muted">Candidate: </span>
        <span className="font-medium text-accent">take {take.number}</span>
      </p>
      <IconButton
        label="Show the cut, to compare"
        keys={`hold ${useKeyText("take.flip")}`}
        isOn={isFlipped}
        disabled={isBeside}
        onClick={() => flip(!isFlipped)}
      >
        <FlipHorizontal2 />
      </IconButton>
      <IconButton
        label={commandOf("take.beside").title}
        keys={useKeyText("take.beside")}
        isOn={isBeside}
        onClick={toggleBeside}
      >
        <Columns2 />
      </IconButton>
      <IconButton
        label="Back to the cut"
        keys={useKeyText("edit.deselect")}
        onClick={() => lookAt(null)}
      >
        <X />
      </IconButton>
      <Button size="sm" look="primary" onClick={() => void chooseTake(take)}>
        Use take <span className="font-normal opacity-80">{keys}</span>
      </Button>
    </section>
  );
}
