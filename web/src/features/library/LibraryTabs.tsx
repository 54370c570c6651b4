// The tabs of the library, each a sign and a word.
import { AudioLines, Clapperboard, Images, Type } from "lucide-react";
import { Tabs } from "radix-ui";
import type { ReactNode } from "react";
import type { ListTab } from "@/lib/store/session";

const TABS: readonly { value: ListTab; label: string; icon: ReactNode }[] = [
  { value: "shots", label: "Segments", icon: <Clapperboard aria-hidden /> },
  { value: "media", label: "Media", icon: <Images aria-hidden /> },
  { value: "text", label: "Text", icon: <Type aria-hidden /> },
  { value: "audio", label: "Audio", icon: <AudioLines aria-hidden /> },
];

interface LibraryTabsProps {
  value: ListTab;
  onChange: (tab: ListTab) => void;
}

/** The panel beneath must carry `id="panel-<value>"`. */
export function LibraryTabs({ value, onChange }: LibraryTabsProps) {
  return (
    <Tabs.Root value={value} onValueChange={(next) => onChange(next as ListTab)}>
      <Tabs.List
        aria-label="Library"
        className="grid grid-cols-[minmax(25%,auto)_repeat(3,1fr)] gap-0.5"
      >
        {TABS.map((tab) => (
          <Tabs.Trigger
            key={tab.value}
            value={tab.value}
            aria-controls={`panel-${tab.value}`}
            className="flex h-11 min-w-0 flex-col items-center justify-center gap-0.5 rounded-lg px-1 text-2xs font-medium text-muted -outline-offset-2 transition-colors hover:bg-raised hover:text-ink data-[state=active]:bg-hover data-[state=active]:text-ink [&>svg]:size-4"
          >
            {tab.icon}
            {tab.label}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
    </Tabs.Root>
  );
}
