// @vitest-environment happy-dom
import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { keyTable } from "./keyTable";
import { COMMANDS } from "./registry";

// Write it anew with: VIDEO_FOUNDRY_WRITE_DOCS=1 npx vitest run src/commands/keyTable.test.ts
const PAGE = `${process.cwd()}/../docs/editor.md`;
const [BEGIN, END] = ["<!-- keys: begin -->", "<!-- keys: end -->"];

test("the user's page lists every key as it is", () => {
  const page = readFileSync(PAGE, "utf8");
  const before = page.slice(0, page.indexOf(BEGIN) + BEGIN.length);
  const after = page.slice(page.indexOf(END));
  const wanted = `${before}\n\n${keyTable(COMMANDS)}\n\n${after}`;
  if (process.env.VIDEO_FOUNDRY_WRITE_DOCS === "1") writeFileSync(PAGE, wanted);
  expect(readFileSync(PAGE, "utf8")).toBe(wanted);
});
