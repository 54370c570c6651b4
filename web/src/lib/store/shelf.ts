// Lists that this window writes down in the browser for a project. What windows that are no longer there
// have left of them is taken over by whoever opens the project next.
import { del, delMany, entries, set } from "idb-keyval";
import { CLIENT } from "../ids";
import { otherWindows } from "../windows";

/** What was left of a project. */
export interface Left<T> {
  list: readonly T[];
  /** To be called once this window has written down what it took over. */
  forget: () => Promise<void>;
}

const hasStore = () => typeof indexedDB !== "undefined";

export class Shelf<T> {
  private isWritten = false;

  /** `kind`: what its lists are called in the browser's storage. */
  constructor(private readonly kind: string) {}

  /** Writes down the list as it is now. */
  async keep(project: string, list: readonly T[]): Promise<void> {
    if (!hasStore() || (list.length === 0 && !this.isWritten)) return;
    this.isWritten = list.length > 0;
    const name = this.nameOf(project);
    await (this.isWritten ? set(name, list) : del(name)).catch(() => undefined);
  }

  /** What was left by this window before it was reloaded, and by others that are closed. */
  async read(project: string): Promise<Left<T>> {
    if (!hasStore()) return { list: [], forget: async () => undefined };
    const [own, prefix] = [this.nameOf(project), this.nameOf(project, "")];
    const open = [...(await otherWindows())].map((client) => this.nameOf(project, client));
    const all = await entries<string, readonly T[]>().catch(() => []);
    const left = all.filter(([key]) => String(key).startsWith(prefix) && !open.includes(key));
    if (left.some(([key]) => key === own)) this.isWritten = true;
    const others = left.map(([key]) => key).filter((key) => key !== own);
    return {
      list: left.flatMap(([, list]) => list),
      forget: () => delMany(others).catch(() => undefined),
    };
  }

  private nameOf(project: string, client = CLIENT): string {
    return `${this.kind}:${project}:${client}`;
  }
}
