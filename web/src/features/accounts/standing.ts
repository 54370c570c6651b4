// How an account stands, in a word and a sentence. Pure.
import type { Account } from "@/api/accounts";
import type { Tone } from "@/ui/Badge";

export interface Standing {
  tone: Tone;
  word: string;
  /** What to know about it, "" for nothing. */
  told: string;
}

export function standingOf(account: Account): Standing {
  const standing = rawStandingOf(account);
  return { ...standing, told: asSentence(standing.told, account.provider_title) };
}

/** A name at its start stays as the provider writes it. */
const asSentence = (told: string, name: string): string =>
  told.startsWith(name) ? told : told.slice(0, 1).toUpperCase() + told.slice(1);

function rawStandingOf(account: Account): Standing {
  if (account.problem) return { tone: "bad", word: "Cannot be used", told: account.problem };
  if (account.halt) return { tone: "bad", word: "Stands still", told: account.halt.message };
  const test = account.last_test;
  if (!test) return { tone: "neutral", word: "Not tested", told: "" };
  return { ...WORDS[test.outcome], told: test.message };
}

const WORDS: Record<NonNullable<Account["last_test"]>["outcome"], { tone: Tone; word: string }> = {
  good: { tone: "good", word: "Works" },
  refused: { tone: "bad", word: "Refused" },
  no_credit: { tone: "warn", word: "No credit" },
  unavailable: { tone: "warn", word: "Not reached" },
  untestable: { tone: "neutral", word: "No free test" },
};

/** Providers with an account, each with its accounts in the order of use. */
export function byProvider(accounts: readonly Account[]): [string, Account[]][] {
  const groups = new Map<string, Account[]>();
  for (const account of accounts) {
    groups.set(account.provider_title, [...(groups.get(account.provider_title) ?? []), account]);
  }
  return [...groups];
}
