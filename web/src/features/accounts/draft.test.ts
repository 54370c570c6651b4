// What of a form about an account is sent.
import { expect, test } from "vitest";
import type { Account, Provider } from "@/api/accounts";
import { changesOf, draftOf, newOf } from "./draft";

const ACCOUNT = {
  provider: "vertex",
  name: "studio",
  base_url: null,
  settings: { project: "films", location: "global" },
} as unknown as Account;

const providers = [
  { id: "old", can_store: false },
  { id: "fal", can_store: true },
] as unknown as Provider[];

test("a new account is for the first provider that keeps keys, and says only what was typed", () => {
  const draft = { ...draftOf(undefined, providers), key: "k", settings: { a: " x ", b: " " } };
  expect(newOf(draft)).toEqual({
    provider: "fal",
    name: "main",
    key: "k",
    base_url: null,
    settings: { a: "x" },
  });
});

test("an account that nobody touched has no changes", () => {
  expect(changesOf(draftOf(ACCOUNT), ACCOUNT)).toEqual({});
});

test("settings change as a whole; an emptied one is gone", () => {
  const draft = draftOf(ACCOUNT);
  expect(changesOf({ ...draft, settings: { ...draft.settings, location: "" } }, ACCOUNT)).toEqual({
    settings: { project: "films" },
  });
  expect(changesOf({ ...draft, name: " tv ", key: "k", base_url: "https://x.y" }, ACCOUNT)).toEqual(
    { name: "tv", key: "k", base_url: "https://x.y" },
  );
});
