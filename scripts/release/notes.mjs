import { readFileSync } from "node:fs";
import { sectionOf } from "./section.mjs";

// node scripts/release/notes.mjs VERSION: prints what the changelog says of a version, for its release. It needs no package.
const [version = ""] = process.argv.slice(2);
const notes = sectionOf(readFileSync(new URL("../../CHANGELOG.md", import.meta.url), "utf8"), `## [${version}]`);
if (!notes) {
  console.error(`CHANGELOG.md says nothing of version "${version}": make releases with \`npm run release\`.`);
  process.exit(2);
}
// GitHub takes no longer text of a release.
const most = 120_000;
const isLong = notes.length > most;
console.log(isLong ? `${notes.slice(0, notes.lastIndexOf("\n", most))}\n\nThe rest is in CHANGELOG.md.` : notes);
