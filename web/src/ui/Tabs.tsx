// Two or more views of the same thing, one at a time, as a small segmented control.
import { Tabs as Radix } from "radix-ui";
import { cn } from "@/lib/cn";

interface TabsProps<T extends string> {
  value: T;
  onChange: (value: T) => void;
  tabs: readonly { value: T; label: string }[];
  label: string;
  className?: string;
}

/** The panel that the tabs control must carry `id="panel-<value>"`. */
export function Tabs<T extends string>({ value, onChange, tabs, label, className }: TabsProps<T>) {
  return (
    <Radix.Root value={value} onValueChange={(next) => onChange(next as T)}>
      <Radix.List
        aria-label={label}
        className={cn("inline-flex rounded-lg border border-line bg-field p-0.5", className)}
      >
        {tabs.map((tab) => (
          <Radix.Trigger
            key={tab.value}
            value={tab.value}
            aria-controls={`panel-${tab.value}`}
            className="h-6 rounded-md px-3 text-xs font-medium text-muted transition-colors hover:text-ink data-[state=active]:bg-hover data-[state=active]:text-ink"
          >
            {tab.label}
          </Radix.Trigger>
        ))}
      </Radix.List>
    </Radix.Root>
  );
}
