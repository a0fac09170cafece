/** Finds programs of Node that run from a folder, such as that of an installed package. */
import { readFileSync, readlinkSync, realpathSync } from "node:fs";
import { basename, isAbsolute, resolve, sep } from "node:path";
import { allProcesses } from "./descendants";
import { commandsByPs, HAS_PROC } from "./ps";

interface NodeProgram {
  pid: number;
  /** What stands behind `node` on its command line. */
  command: string;
}

/**
 * Returns them without those that one of them started, without this process and its ancestors, and without the process
 * `spared` and its descendants. `folder` is a real path. Throws when processes cannot be read now.
 */
export function runningFrom(folder: string, spared: number | null): NodeProgram[] {
  const all = allProcesses();
  const above = (pid: number) => {
    const line: number[] = [];
    for (let at: number | undefined = pid; at && !line.includes(at); at = all.get(at)?.parent) line.push(at);
    return line;
  };
  const own = new Set(above(process.pid));
  const seen = HAS_PROC ? null : commandsByPs();
  const found = [...all.keys()].flatMap((pid) => {
    if (own.has(pid) || (spared !== null && above(pid).includes(spared))) return [];
    const [program = "", ...words] = seen ? (seen.get(pid) ?? "").split(" ") : wordsOf(pid);
    if (!basename(program).startsWith("node")) return [];
    const cwd = seen ? null : read(() => readlinkSync(`/proc/${pid}/cwd`));
    const isFrom = isBelow(folder, cwd) || words.some((word) => isBelow(folder, fileOf(word, cwd)));
    return isFrom ? [{ pid, command: words.join(" ").trim() }] : [];
  });
  const pids = new Set(found.map(({ pid }) => pid));
  return found.filter(({ pid }) => !above(pid).some((each) => each !== pid && pids.has(each)));
}

function wordsOf(pid: number): string[] {
  return (read(() => readFileSync(`/proc/${pid}/cmdline`, "utf8")) ?? "").split("\0");
}

/** A package's program is started through a link in another folder. */
function fileOf(word: string, cwd: string | null): string | null {
  if (word === "" || (cwd === null && !isAbsolute(word))) return null;
  return read(() => realpathSync(resolve(cwd ?? "", word)));
}

const isBelow = (folder: string, file: string | null) => file !== null && `${file}${sep}`.startsWith(`${folder}${sep}`);

/** A process may end meanwhile, and those of other users hide where they work. */
function read<T>(get: () => T): T | null {
  try {
    return get();
  } catch {
    return null;
  }
}
