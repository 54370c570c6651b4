// On or off, with its name on the left and what it does below.
import { type ReactNode, useId } from "react";
import { cn } from "@/lib/cn";
import { Switch } from "./Switch";

interface SwitchRowProps {
  label: string;
  help?: ReactNode;
  isOn: boolean;
  isDisabled?: boolean;
  onChange: (isOn: boolean) => void;
}

export function SwitchRow({ label, help, isOn, isDisabled, onChange }: SwitchRowProps) {
  const id = useId();
  return (
    <div className={cn("flex items-start justify-between gap-3", isDisabled && "opacity-55")}>
      <div className="min-w-0">
        <label htmlFor={id} className="text-xs font-medium text-muted">
          {label}
        </label>
        {help && (
          <p id={`${id}-help`} className="text-2xs text-faint">
            {help}
          </p>
        )}
      </div>
      <Switch
        id={id}
        isOn={isOn}
        isDisabled={isDisabled}
        describedBy={help ? `${id}-help` : undefined}
        onChange={onChange}
      />
    </div>
  );
}
