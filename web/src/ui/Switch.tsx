// On or off.
import { Switch as Radix } from "radix-ui";

interface SwitchProps {
  id?: string;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
  describedBy?: string;
  isDisabled?: boolean;
}

export function Switch({ id, isOn, onChange, describedBy, isDisabled }: SwitchProps) {
  return (
    <Radix.Root
      id={id}
      checked={isOn}
      disabled={isDisabled}
      onCheckedChange={onChange}
      aria-describedby={describedBy}
      className="relative h-6 w-10 shrink-0 rounded-full border border-edge bg-field transition-colors data-[state=checked]:border-accent data-[state=checked]:bg-accent"
    >
      <Radix.Thumb className="block size-4 translate-x-1 rounded-full bg-muted transition-transform data-[state=checked]:translate-x-[1.125rem] data-[state=checked]:bg-accent-ink" />
    </Radix.Root>
  );
}
