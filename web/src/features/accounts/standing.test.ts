// What is said of an account, by what is known of it.
import { describe, expect, it } from "vitest";
import type { Account } from "@/api/accounts";
import { byProvider, standingOf } from "./standing";

const FRESH: Account = {
  id: "1",
  provider: "runway",
  provider_title: "Runway",
  name: "studio",
  variable: null,
  position: 0,
  key_end: "2222",
  base_url: null,
  settings: {},
  halt: null,
  last_test: null,
  problem: null,
  created_at: null,
};
const HALT = { code: "no_credit", message: "no credits left", since: "2026-11-23", until: null };
const GOOD = { outcome: "good", message: "it works", at: "2026-11-23" } as const;

describe("standingOf", () => {
  it("says what keeps an account from being used before anything else", () => {
    const account = { ...FRESH, problem: "no secret", halt: HALT, last_test: GOOD };
    expect(standingOf(account)).toMatchObject({ tone: "bad", told: "No secret" });
  });

  it("says that it stands still although its key works", () => {
    const account = { ...FRESH, halt: HALT, last_test: GOOD };
    expect(standingOf(account)).toMatchObject({ word: "Stands still", told: "No credits left" });
  });

  it("begins with a capital, except where a name begins with none", () => {
    const halt = { ...HALT, message: "fal has locked the account" };
    expect(standingOf({ ...FRESH, provider_title: "fal", halt }).told).toBe(halt.message);
  });

  it("says what the last test said, and that there was none", () => {
    expect(standingOf({ ...FRESH, last_test: GOOD })).toMatchObject({ tone: "good" });
    expect(standingOf(FRESH).word).toBe("Not tested");
  });
});

describe("byProvider", () => {
  it("keeps the order of use", () => {
    const accounts = [
      { ...FRESH, id: "1", provider_title: "fal" },
      { ...FRESH, id: "2" },
      { ...FRESH, id: "3" },
    ];
    const ids = byProvider(accounts).map(([title, own]) => [title, own.map((one) => one.id)]);
    expect(ids).toEqual([
      ["fal", ["1"]],
      ["Runway", ["2", "3"]],
    ]);
  });
});
