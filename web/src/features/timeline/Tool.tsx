// An icon button of the timeline whose tooltip shows the keys of this moment.
import type { ComponentProps } from "react";
import { useKeyText } from "@/commands/keySettings";
import { IconButton } from "@/ui/IconButton";

interface ToolProps extends Omit<ComponentProps<typeof IconButton>, "keys"> {
  /** Id of the command that does the same by key. */
  command: string;
}

export function Tool({ command, ...rest }: ToolProps) {
  return <IconButton keys={useKeyText(command)} {...rest} />;
}
