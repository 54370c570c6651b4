// Choosing one of several, optionally in groups, with a line of explanation each.

import { Check, ChevronDown } from "lucide-react";
import { Select as Radix } from "radix-ui";
import { type ReactNode, useId, useState } from "react";
import { cn } from "@/lib/cn";
import { CONTROL } from "./Field";

export interface Option {
  value: string;
  label: string;
  detail?: ReactNode;
  isDisabled?: boolean;
}

export interface OptionGroup {
  label?: string;
  options: readonly Option[];
}

interface SelectProps {
  id?: string;
  value: string;
  onChange: (value: string) => void;
  groups: readonly OptionGroup[];
  placeholder?: string;
  label?: string;
  describedBy?: string;
  isInvalid?: boolean;
  isDisabled?: boolean;
}

/** Longer lists are built only while they are open; shorter ones can be typed into while closed. */
const FEW_OPTIONS = 12;

export function Select(props: SelectProps) {
  const { id, value, onChange, groups, placeholder, label, describedBy, isInvalid } = props;
  const [isOpen, setOpen] = useState(false);
  const options = groups.flatMap((group) => group.options);
  const chosen = options.find((option) => option.value === value);
  return (
    <Radix.Root
      open={isOpen}
      onOpenChange={setOpen}
      value={value}
      onValueChange={onChange}
      disabled={props.isDisabled}
    >
      <Radix.Trigger
        id={id}
        aria-label={label}
        aria-describedby={describedBy}
        aria-invalid={isInvalid || undefined}
        className={cn(
          CONTROL,
          "flex h-8 items-center gap-2 px-2.5 text-left data-[placeholder]:text-faint",
        )}
      >
        <span className="min-w-0 flex-1 truncate">
          <Radix.Value placeholder={placeholder}>{chosen?.label}</Radix.Value>
        </span>
        <Radix.Icon>
          <ChevronDown className="size-4 text-faint" />
        </Radix.Icon>
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          position="popper"
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-h-[min(26rem,var(--radix-select-content-available-height))] min-w-(--radix-select-trigger-width) max-w-[min(24rem,var(--radix-select-content-available-width))] animate-fade overflow-hidden rounded-xl border border-line bg-panel shadow-float"
        >
          <Radix.Viewport className="p-1">
            {(isOpen || options.length <= FEW_OPTIONS) &&
              groups.map((group, index) => <Group key={group.label ?? index} group={group} />)}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

function Group({ group }: { group: OptionGroup }) {
  return (
    <Radix.Group>
      {group.label && (
        <Radix.Label className="px-2 pt-2 pb-1 text-2xs font-medium text-faint">
          {group.label}
        </Radix.Label>
      )}
      {group.options.map((option) => (
        <Choice key={option.value} option={option} />
      ))}
    </Radix.Group>
  );
}

function Choice({ option }: { option: Option }) {
  const words = useId();
  return (
    <Radix.Item
      value={option.value}
      disabled={option.isDisabled}
      // All that is seen of it: by itself it would be called by its label alone.
      aria-labelledby={words}
      className="group flex cursor-default items-start gap-2 rounded-lg px-2 py-1.5 outline-none data-[disabled]:text-faint data-[highlighted]:bg-hover"
    >
      <span className="mt-0.5 size-4 shrink-0">
        <Radix.ItemIndicator>
          <Check className="size-4 text-accent" />
        </Radix.ItemIndicator>
      </span>
      <span id={words} className="min-w-0">
        <Radix.ItemText>{option.label}</Radix.ItemText>
        {option.detail && <span className="block text-xs text-faint">{option.detail}</span>}
      </span>
    </Radix.Item>
  );
}
