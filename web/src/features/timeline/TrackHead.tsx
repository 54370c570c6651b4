// The name of a track, at the left of it and always in sight.
import type { ReactNode } from "react";
import { cn } from "@/lib/cn";

interface TrackHeadProps {
  icon: ReactNode;
  name: string;
  isLarge?: boolean;
  children?: ReactNode;
}

export function TrackHead({ icon, name, isLarge, children }: TrackHeadProps) {
  return (
    <div
      data-head
      className={cn(
        "sticky left-0 z-40 flex items-center gap-1.5 border-r border-line bg-panel pr-0.5 pl-3 text-2xs font-medium text-muted [&>svg]:size-3.5 [&>svg]:shrink-0 [&>svg]:text-faint",
        isLarge && "text-xs",
      )}
    >
      {icon}
      <span className="-mr-1 min-w-0 flex-1 truncate">{name}</span>
      {children}
    </div>
  );
}
