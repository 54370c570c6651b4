// A control with, behind it, the way back to what holds when nothing is said.
import { RotateCcw } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "@/lib/cn";
import { IconButton } from "./IconButton";

interface ResettableProps {
  /** Of the control. */
  label: string;
  /** Whether something is said. */
  isSet: boolean;
  onReset: () => void;
  children: ReactNode;
}

export function Resettable({ label, isSet, onReset, children }: ResettableProps) {
  return (
    <span className="flex items-center gap-1.5">
      <span className="min-w-0 flex-1">{children}</span>
      <IconButton
        label={`Reset ${label.toLowerCase()}`}
        onClick={onReset}
        className={cn("size-6 [&>svg]:size-3.5", !isSet && "invisible")}
      >
        <RotateCcw />
      </IconButton>
    </span>
  );
}
