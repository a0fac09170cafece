/** What a proposed change of Banyan's own code may not contain. */

export interface RawChange {
  path: string;
  /** Git's mode after the change. */
  mode: string;
  change: "added" | "modified" | "deleted";
}

/** Nobody reviews more than this in one piece. */
const MOST_FILES = 200;
const MOST_LINES = 3_000;

interface Proposed {
  changes: readonly RawChange[];
  /** All paths after the change. */
  names: readonly string[];
  changedLines: number;
}

/** Returns why the change is refused, as a sentence for the agent, or null. */
export function problemIn({ changes, names, changedLines }: Proposed): string | null {
  const written = changes.filter(({ change }) => change !== "deleted");
  const link = written.find(({ mode }) => mode === "120000");
  if (link) return `${shown(link.path)} is a symbolic link: propose plain files only.`;
  const module = written.find(({ mode, path }) => mode === "160000" || nameOf(path) === ".gitmodules");
  if (module) return `${shown(module.path)} is about a submodule: propose plain files only.`;
  const attributes = changes.find(({ path }) => nameOf(path) === ".gitattributes");
  if (attributes) return `${shown(attributes.path)} changes how git reads files: leave it as it is.`;
  const clash = clashIn(names);
  if (clash) return `${clash.map(shown).join(" and ")} are the same name on some systems: rename one.`;
  if (changes.length > MOST_FILES)
    return `The change has ${changes.length} files, and ${MOST_FILES} is the most that a person reviews: propose it in parts.`;
  if (changedLines > MOST_LINES)
    return `The change has ${changedLines} lines, and ${MOST_LINES} is the most that a person reviews: propose it in parts.`;
  return null;
}

/** Returns why one of the folder's names is refused, or null. Git would leave some of them out in silence. */
export function nameProblemIn(paths: readonly string[]): string | null {
  const odd = paths.find(isOdd);
  return odd === undefined ? null : `${shown(odd)} has a name that some systems read differently: choose a plain name.`;
}

const nameOf = (path: string) => folded(path.slice(path.lastIndexOf("/") + 1));
/** As file systems that ignore case and Unicode's forms see a name. */
const folded = (name: string) => name.normalize("NFKC").toLowerCase();

/** Names that git or a file system reads as others: control and invisible characters, `.git` and its short forms, ends in a dot or space. */
function isOdd(path: string): boolean {
  return path
    .split("/")
    .some(
      (name) =>
        /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\uFFFD\\:]/u.test(name) ||
        /[. ]$/.test(name) ||
        /^(\.git|git~\d+)$/.test(folded(name)),
    );
}

/** Returns two paths that are one path where case does not count; also a file and a folder of one name. */
function clashIn(names: readonly string[]): [string, string] | null {
  const seen = new Map<string, string>();
  for (const name of names) {
    const parts = name.split("/");
    for (const [at] of parts.entries()) {
      const path = parts.slice(0, at + 1).join("/");
      const before = seen.get(folded(path));
      if (before !== undefined && before !== path) return [before, path];
      seen.set(folded(path), path);
    }
  }
  return null;
}

function shown(path: string): string {
  return JSON.stringify(path.slice(0, 200));
}
