/** Changes the expected outputs that a command compares with. */
import { isTestFile, namedIn } from "@/lib/test-reports/test-side";
import { readTextFile, writeFileAtomically } from "@/lib/workspace/files";
import { runsTests } from "./runs-tests";
import { isExpected } from "./scope";

/** Changes those that the command names, and returns their number: 0 for a command that runs tests. */
export async function changeOutputs(folder: string, command: string): Promise<number> {
  if (runsTests(command, null)) return 0;
  const room = { root: folder, hiddenPaths: [] };
  // What the command itself writes is compared with something else.
  const written = new Set([...command.matchAll(/>\s*(?:\.\/)?([\w./-]+)/g)].map(([, path = ""]) => path));
  let changed = 0;
  for (const path of namedIn([command])) {
    if ((!isExpected(path) && !(isTestFile(path) && DATA.test(path))) || written.has(path)) continue;
    const text = await readTextFile(room, path).catch(() => null);
    if (text === null || text === "") continue;
    await writeFileAtomically(room, path, otherThan(text));
    changed += 1;
  }
  return changed;
}

const DATA = /\.(txt|csv|tsv|json|ya?ml|xml|html|svg|out|md|log|snap|golden)$/i;

/** Changes the first letter or digit, so that the form of the text stays. */
function otherThan(text: string): string {
  return text.replace(/[0-9A-Za-z]/, (first) =>
    /[0-8A-Ya-y]/.test(first) ? String.fromCharCode(first.charCodeAt(0) + 1) : "0",
  );
}
