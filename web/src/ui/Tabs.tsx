// Two or more views of the same thing, one at a time, as a small segmented control.
import { Tabs as Radix } from "radix-ui";
import { cn } from "@/lib/cn";

interface Tab<T> {
  value: T;
  label: string;
  /** Shown as a dot: what it stands for, such as "changed". */
  mark?: string | null;
}

interface TabsProps<T extends string> {
  value: T;
  onChange: (value: T) => void;
  tabs: readonly Tab<T>[];
  label: string;
  /** Fills the width, each tab as wide as its words need. */
  isWide?: boolean;
  className?: string;
}

/** The panel that the tabs control must carry `id="panel-<value>"`. */
export function Tabs<T extends string>({
  value,
  onChange,
  tabs,
  label,
  isWide,
  className,
}: TabsProps<T>) {
  return (
    <Radix.Root
      value={value}
      onValueChange={(next) => onChange(next as T)}
      className={cn(isWide && "@container min-w-0 flex-auto")}
    >
      <Radix.List
        aria-label={label}
        className={cn(
          "inline-flex rounded-lg border border-line bg-field p-0.5",
          isWide && "flex overflow-x-auto [scrollbar-width:none]",
          className,
        )}
      >
        {tabs.map((tab) => (
          <Radix.Trigger
            key={tab.value}
            value={tab.value}
            aria-controls={`panel-${tab.value}`}
            className={cn(
              "relative h-6 rounded-md px-3 text-xs font-medium whitespace-nowrap text-muted transition-colors hover:text-ink data-[state=active]:bg-hover data-[state=active]:text-ink data-[state=active]:inset-ring data-[state=active]:inset-ring-edge",
              isWide &&
                "flex-auto px-1 -outline-offset-2 @max-[18rem]:px-0.5 @max-[18rem]:text-2xs",
            )}
          >
            {tab.label}
            {tab.mark && (
              <span className="absolute top-0.5 right-0.5 size-1 rounded-full bg-accent">
                <span className="sr-only">, {tab.mark}</span>
              </span>
            )}
          </Radix.Trigger>
        ))}
      </Radix.List>
    </Radix.Root>
  );
}
