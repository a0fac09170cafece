/** Finds out whether a command that compares with an expected output notices a changed expected output. */
import { isTestFile, namedIn } from "@/lib/test-reports/test-side";
import { readTextFile, writeFileAtomically } from "@/lib/workspace/files";
import type { Held } from "./canary";
import { runsTests } from "./canary";
import { isExpected } from "./scope";

/** Changes the expected outputs that the command names, and runs it. Returns what it did not notice as a sentence's end. */
export async function unnoticedOutput(
  folder: string,
  command: string,
  run: () => Promise<Held>,
): Promise<string | null> {
  if (runsTests(command, null)) return null;
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
  if (changed === 0) return null;
  return (await run()).holds
    ? "also passes with another expected output: the code may read or write what it is compared with"
    : null;
}

const DATA = /\.(txt|csv|tsv|json|ya?ml|xml|html|svg|out|md|log|snap|golden)$/i;

/** Changes the first letter or digit, so that the form of the text stays. */
function otherThan(text: string): string {
  return text.replace(/[0-9A-Za-z]/, (first) =>
    /[0-8A-Ya-y]/.test(first) ? String.fromCharCode(first.charCodeAt(0) + 1) : "0",
  );
}
