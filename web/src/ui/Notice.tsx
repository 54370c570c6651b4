// A message in the flow of a page: what happened, what to do, and the buttons for it.
import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "@/lib/cn";

const TONES = {
  info: { look: "border-line bg-raised", icon: <Info className="text-accent" /> },
  warn: { look: "border-warn/30 bg-warn-soft", icon: <TriangleAlert className="text-warn" /> },
  bad: { look: "border-bad/30 bg-bad-soft", icon: <CircleAlert className="text-bad" /> },
} as const;

interface NoticeProps {
  tone: keyof typeof TONES;
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
}

export function Notice({ tone, title, children, actions }: NoticeProps) {
  const { look, icon } = TONES[tone];
  return (
    <div
      role={tone === "bad" ? "alert" : undefined}
      className={cn(
        "flex gap-2.5 rounded-xl border p-3 [&>svg]:mt-0.5 [&>svg]:size-4 [&>svg]:shrink-0",
        look,
      )}
    >
      {icon}
      <div className="min-w-0 flex-1">
        <p className="font-medium">{title}</p>
        {children && (
          <div className="mt-0.5 text-xs text-muted first-letter:uppercase">{children}</div>
        )}
        {actions && <div className="mt-2.5 flex flex-wrap gap-2">{actions}</div>}
      </div>
    </div>
  );
}
