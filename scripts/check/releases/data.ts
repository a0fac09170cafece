/**
 * The gate `data`: whether the base can read what the change stores, and the other way round.
 *   node scripts/run-ts.mjs scripts/check/releases/data.ts BASE CHANGE FINDINGS
 * BASE is the folder of this program; it and CHANGE get a `dist` folder. FINDINGS is the file that `banyan gates` reads.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { crossReadProblems } from "./cross-read";
import { type DataFacts, dataFactsOf } from "./facts";
import { type DataFinding, dataFindings } from "./levels";
import { buildRelease, type Release } from "./programs";

/** The release that judges changes. */
export interface Base {
  facts: DataFacts;
  release: Release;
}

export async function readBase(root: string): Promise<Base> {
  return { facts: await dataFactsOf(root), release: await buildRelease("base", root) };
}

/** Returns the faults of the change. The programs run only when migrations and levels are right. */
export async function judgeData(base: Base, change: string): Promise<DataFinding[]> {
  const found = await dataFactsOf(change).then(
    (own) => dataFindings(base.facts, own),
    (error: Error) => [fault(`The change's migrations and levels cannot be read: ${error.message.slice(0, 500)}`)],
  );
  if (found.some(({ kind }) => kind === "fault")) return found;
  const release = await buildRelease("change", change);
  const folder = mkdtempSync(path.join(tmpdir(), "banyan-cross-read-"));
  try {
    return [...found, ...(await crossReadProblems(base.release, release, folder)).map(fault)];
  } finally {
    release.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

function fault(text: string): DataFinding {
  return { kind: "fault", text };
}

export async function main([root = ".", change = ".", file = "data.json"]: string[]): Promise<void> {
  const base = await readBase(path.resolve(root));
  const found = await judgeData(base, path.resolve(change)).finally(() => base.release.remove());
  writeFileSync(file, JSON.stringify(found, null, 2));
  for (const { kind, text } of found) process.stdout.write(`${kind}: ${text}\n`);
  process.stdout.write(`${found.length} findings.\n`);
}
