// Runs the TypeScript compiler over everything that tsconfig.json names and refuses a run that did not
// read every file under src: one that silently looked at nothing must not count as a pass.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { resolve } from "node:path";

const files = readdirSync("src", { recursive: true })
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => resolve("src", name));
const { stdout, status } = spawnSync(
  process.execPath,
  ["node_modules/typescript/bin/tsc", "--noEmit", "--listFiles"],
  { encoding: "utf8", maxBuffer: 64 << 20, stdio: ["ignore", "pipe", "inherit"] },
);
const lines = stdout.split("\n");
// The list names files by their full paths; what is wrong is told by paths from here.
const read = new Set(lines.map((line) => resolve(line)));
for (const line of lines) if (line !== "" && resolve(line) !== line) console.error(line);
const missed = files.filter((file) => !read.has(file));
for (const file of missed) console.error(`not read: ${file}`);
console.log(`types: ${files.length - missed.length} of ${files.length} files`);
process.exit(status === 0 && missed.length === 0 && files.length > 0 ? 0 : 1);
