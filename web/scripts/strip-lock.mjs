// Removes web addresses (funding links, download places) from package-lock.json, so that the lock
// holds names, versions and hashes only and any registry can serve it. Run after every install.
import { readFileSync, writeFileSync } from "node:fs";

const file = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(file, "utf8"));
for (const entry of Object.values(lock.packages)) {
  delete entry.funding;
  delete entry.resolved;
}
const text = `${JSON.stringify(lock, null, 2)}\n`;
if (text.includes("://")) throw new Error("package-lock.json still holds an address");
writeFileSync(file, text);
