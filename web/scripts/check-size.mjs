// Says how many gzipped bytes of script and style the first visit to the editor needs before it shows,
// and fails above the budget: the entry, the editor's page, and all that these import.
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET_KB = 260;
const folder = new URL("../../src/video_foundry/webui/assets/", import.meta.url);
const names = readdirSync(folder);
const read = (name) => readFileSync(new URL(name, folder));

const needed = new Set(names.filter((name) => /^(index|EditorPage)-.*\.(js|css)$/.test(name)));
for (const name of needed) {
  if (!name.endsWith(".js")) continue;
  for (const [, other] of read(name)
    .toString()
    .matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g))
    needed.add(other);
}
let total = 0;
for (const name of needed) {
  const size = gzipSync(read(name)).length / 1000;
  total += size;
  console.log(`${size.toFixed(1).padStart(8)} kB  ${name}`);
}
console.log(`${total.toFixed(1).padStart(8)} kB  of ${BUDGET_KB} kB`);
process.exit(total > BUDGET_KB ? 1 : 0);
