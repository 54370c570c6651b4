// What may cost money is decided once and sent until it is answered: under the id that it was decided
// with, the server buys it once, whatever became of an earlier answer.
import { asProblem } from "@/api/problem";
import { newId } from "./ids";

/** Sends it; sent again it is the very same. */
export type Purchase = () => Promise<unknown>;

/** `decide` says what is to be sent under an id; it is asked again only while it has said nothing. */
export function purchase(decide: (id: string) => Promise<Purchase>): Purchase {
  const id = newId();
  let decided: Purchase | null = null;
  return async () => {
    decided ??= await decide(id);
    return decided();
  };
}

/** Whether nobody knows what became of a request: no answer, or one of something in between. */
export const isLost = (error: unknown): boolean => {
  const { status } = asProblem(error);
  return status === 0 || status >= 500;
};
