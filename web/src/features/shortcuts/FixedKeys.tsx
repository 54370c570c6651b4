// Keys that belong to what has the focus: told like the others, and the same for everybody.
import { keycaps } from "@/commands/combo";
import type { FocusKey } from "@/commands/focusKeys";
import { IS_APPLE } from "@/commands/keySettings";
import { Keys } from "@/ui/Keys";

interface FixedKeysProps {
  name: string;
  keys: readonly FocusKey[];
}

export function FixedKeys({ name, keys }: FixedKeysProps) {
  if (keys.length === 0) return null;
  return (
    <section aria-label={name} className="pb-3">
      <h3 className="flex gap-2 py-1 text-2xs font-medium text-faint">
        {name}
        <span className="font-normal">cannot be changed</span>
      </h3>
      <ul className="divide-y divide-line rounded-xl border border-line">
        {keys.map(({ title, combos }) => (
          <li
            key={title}
            className="flex min-h-9 flex-wrap items-center gap-x-2 gap-y-1 py-1 pr-3 pl-3"
          >
            <span className="min-w-40 flex-1">{title}</span>
            {combos.map((combo) => (
              <Keys key={combo} caps={keycaps(combo, IS_APPLE)} />
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}
