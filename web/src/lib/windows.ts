// Which windows of this browser are open. Each holds a lock under its name for as long as it lives,
// so that one that was killed is told from one that is merely quiet.
import { CLIENT } from "./ids";

const PREFIX = "video-foundry-window:";

/** A page that is not served securely has no locks. */
const locks = (): LockManager | undefined => globalThis.navigator?.locks;

void locks()
  ?.request(PREFIX + CLIENT, () => new Promise(() => undefined))
  .catch(() => undefined);

/** Other windows that are open; none where the browser cannot say. */
export async function otherWindows(): Promise<ReadonlySet<string>> {
  const held = await locks()
    ?.query()
    .then((all) => all.held)
    .catch(() => undefined);
  const names = (held ?? []).flatMap(({ name }) => (name?.startsWith(PREFIX) ? [name] : []));
  const open = new Set(names.map((name) => name.slice(PREFIX.length)));
  open.delete(CLIENT);
  return open;
}
