/** Writes the site to the folder `site`. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { renderSite } from "./site.ts";

const { files, faults } = renderSite("content");
for (const fault of faults) process.stderr.write(`${fault}\n`);
if (faults.length > 0) process.exitCode = 1;
else {
  rmSync("site", { recursive: true, force: true });
  for (const [file, content] of files) {
    const full = path.join("site", file);
    mkdirSync(path.dirname(full), { recursive: true });
    writeFileSync(full, content);
  }
  process.stdout.write(`Wrote ${files.size} files to site/.\n`);
}
