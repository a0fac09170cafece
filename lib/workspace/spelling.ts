/**
 * Paths on file systems that find a name under another spelling, too: macOS's, and Windows's drives in WSL. There a text
 * does not say which file it leads to, so the files themselves are compared.
 */
import fs from "node:fs";
import path from "node:path";

/** Whether both paths lead to the same file or folder now. Links are not followed. */
export function isSameFile(one: string, other: string): boolean {
  const [a, b] = [one, other].map((given) => fs.lstatSync(given, { bigint: true, throwIfNoEntry: false }));
  return a !== undefined && b !== undefined && a.ino === b.ino && a.dev === b.dev;
}

/** Whether a path is the folder or is below it, under any spelling. */
export function isAtOrBelow(folder: string, given: string): boolean {
  if (given === folder || given.startsWith(`${folder}/`)) return true;
  const start = given.split("/").slice(0, folder.split("/").length).join("/");
  return folded(start) === folded(folder) && isSameFile(start, folder);
}

/** As such file systems compare names: regardless of case, and of how a letter with an accent is written. */
export function folded(name: string): string {
  return name.normalize("NFD").toUpperCase().toLowerCase().normalize("NFC");
}

/** Characters that HFS+ leaves out when it compares names, as git knows them (`is_hfs_dotgit`). */
const LEFT_OUT = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;
/** NTFS also finds a short name, and leaves out dots and spaces at the end and the name of a stream (`is_ntfs_dotgit`). */
const DOT_GIT = /^(\.git|git~1)[. ]*(:.*)?$/;

/** Whether some file system takes the name for `.git`. */
export function isDotGit(name: string): boolean {
  return name === ".git" || DOT_GIT.test(folded(name.replaceAll(LEFT_OUT, "")));
}

/** How many names of a folder are tried at most. */
const MOST_NAMES = 1_000;

/** Whether the file system finds what is in a folder, or an empty folder itself, in another case, too. */
export function ignoresCase(folder: string): boolean {
  for (const name of firstNames(folder)) {
    const answer = isFoundInOtherCase(folder, name);
    if (answer !== null) return answer;
  }
  const parent = path.dirname(folder);
  if (fs.statSync(parent).dev !== fs.statSync(folder).dev) return false;
  return isFoundInOtherCase(parent, path.basename(folder)) ?? false;
}

/** Yields none for a folder that this process may not list. */
function* firstNames(folder: string): Generator<string> {
  const directory = opened(folder);
  if (directory === null) return;
  try {
    for (let tried = 0; tried < MOST_NAMES; tried += 1) {
      const entry = directory.readSync();
      if (entry === null) return;
      yield entry.name;
    }
  } finally {
    directory.closeSync();
  }
}

function opened(folder: string): fs.Dir | null {
  try {
    return fs.opendirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EACCES") return null;
    throw error;
  }
}

/** Returns null where the name cannot tell: it has no letters, is gone, or may have a second name of its own. */
function isFoundInOtherCase(folder: string, name: string): boolean | null {
  const other = name.toUpperCase() === name ? name.toLowerCase() : name.toUpperCase();
  const stat = fs.lstatSync(path.join(folder, name), { throwIfNoEntry: false });
  if (other === name || !stat || (stat.nlink > 1 && !stat.isDirectory())) return null;
  return isSameFile(path.join(folder, name), path.join(folder, other));
}
