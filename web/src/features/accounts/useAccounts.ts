// The accounts as the server has them, and changing them: one list, read anew after every change.
import { useMutation, useQuery } from "@tanstack/react-query";
import { listAccounts } from "@/api/accounts";
import { asProblem } from "@/api/problem";
import { askAnew, keys } from "@/lib/queryClient";
import { sayProblem } from "@/lib/toast";

export const ACCOUNTS = ["accounts"] as const;

export const useAccounts = () =>
  useQuery({ queryKey: ACCOUNTS, queryFn: listAccounts, staleTime: 0 });

/** One change; what is refused is said under `title`, unless a form shows it beside the field. */
export function useChange<In>(
  title: string,
  change: (given: In) => Promise<unknown>,
  isShownBeside: (field: string) => boolean = () => false,
) {
  return useMutation({
    mutationFn: change,
    gcTime: 0, // what was given may hold a key, which is not to stay in memory
    onError: (error) => {
      const isShown = asProblem(error).fields.some((one) => isShownBeside(one.field));
      if (!isShown) sayProblem(title, error);
    },
    // Which models can be used depends on the keys that there are.
    onSettled: () => Promise.all([ACCOUNTS, keys.models].map(askAnew)),
  });
}
