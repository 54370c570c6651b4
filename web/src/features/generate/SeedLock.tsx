// Locks the seed of a segment, so that its new takes have the same one.
import { Lock, LockOpen } from "lucide-react";
import { toggleSeedLock, useIsSeedLocked } from "@/commands/seedLocks";
import { IconButton } from "@/ui/IconButton";

export function SeedLock({ segmentId }: { segmentId: string }) {
  const isLocked = useIsSeedLocked(segmentId);
  return (
    <IconButton
      label={
        isLocked ? "Unlock the seed: each new take has its own" : "Lock the seed for new takes"
      }
      aria-pressed={isLocked}
      isOn={isLocked}
      onClick={() => toggleSeedLock(segmentId)}
      className="-my-1 size-6 rounded-md [&>svg]:size-3.5"
    >
      {isLocked ? <Lock /> : <LockOpen />}
    </IconButton>
  );
}
