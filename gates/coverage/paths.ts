/** Which file of the repository a report of coverage means: reports name files from other places than its root. */
import type { FileTree } from "@/gates/model/tree";
import type { Coverage } from "@/lib/test-reports/coverage/read";
import { SANDBOX_ROOT } from "@/lib/workspace/path";

/** Returns the lines by the paths of the tree. A file that the report names and the tree lacks is left out. */
export function linesByPath({ files }: Coverage, tree: FileTree): Map<string, ReadonlyMap<number, boolean>> {
  const byName = new Map<string, string[]>();
  for (const path of tree.files.keys()) {
    const name = nameOf(path);
    const known = byName.get(name);
    if (known) known.push(path);
    else byName.set(name, [path]);
  }
  const found = new Map<string, ReadonlyMap<number, boolean>>();
  for (const [named, lines] of files) {
    const path = pathOf(named, tree, byName.get(nameOf(named)) ?? []);
    if (path !== null) found.set(path, joined(found.get(path), lines));
  }
  return found;
}

/**
 * Go names the module before the path, JaCoCo leaves the folder of the sources out, coverage.py names files from their
 * own folder: where the name itself is no path, the only file with the same end is meant.
 */
function pathOf(named: string, { files }: FileTree, sameName: readonly string[]): string | null {
  const plain = named.startsWith(`${SANDBOX_ROOT}/`)
    ? named.slice(SANDBOX_ROOT.length + 1)
    : named.replace(/^\.\//, "");
  if (files.has(plain)) return plain;
  const alike = sameName.filter((path) => path.endsWith(`/${plain}`) || plain.endsWith(`/${path}`));
  return alike.length === 1 ? (alike[0] ?? null) : null;
}

function joined(known: ReadonlyMap<number, boolean> | undefined, lines: ReadonlyMap<number, boolean>) {
  if (!known) return lines;
  const all = new Map(known);
  for (const [line, isReached] of lines) all.set(line, isReached || (all.get(line) ?? false));
  return all;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
