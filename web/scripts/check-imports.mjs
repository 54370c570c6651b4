// Runs dependency-cruiser over src and refuses a run that saw fewer modules than there are files:
// a cruise that silently looked at nothing must not count as a pass.
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";

const files = readdirSync("src", { recursive: true }).filter(
  (name) => /\.tsx?$/.test(name) && !name.endsWith(".d.ts"),
);
const report = JSON.parse(
  execFileSync(
    process.execPath,
    ["node_modules/dependency-cruiser/bin/dependency-cruise.mjs", "src", "--output-type", "json"],
    { encoding: "utf8", maxBuffer: 64 << 20 },
  ),
);
const seen = report.modules.filter((module) => /^src\/.*\.tsx?$/.test(module.source)).length;
const { violations } = report.summary;
for (const { rule, from, to } of violations) console.error(`${rule.name}: ${from} -> ${to}`);
if (seen < files.length) console.error(`saw ${seen} of ${files.length} modules`);
console.log(`imports: ${seen} modules, ${violations.length} violations`);
process.exit(violations.length > 0 || seen < files.length ? 1 : 0);
