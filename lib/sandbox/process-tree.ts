/** Measures what the processes of a run use, from /proc, because a program without output may be working hard. */
import fs from "node:fs";

export interface TreeUse {
  /** CPU time of all processes, ended ones included, in the kernel's clock ticks. */
  cpuTicks: number;
  processes: number;
  /** Resident memory of all living processes. */
  memoryBytes: number;
  /** The CPU time of each living process without its children, by its id. */
  ticksOf: ReadonlyMap<number, number>;
}

/** The most files of /proc to read per sample; further processes are ignored. */
const MOST_READS = 2_000;
const PID = /^\d+$/;
/** The page size of the supported machines; with larger pages the figure is too low, never too high. */
const PAGE_BYTES = 4096;

/**
 * Returns the use of a process and everything below it. A process that ends during the sample does not count; its time
 * goes to its parent. `proc` is the folder of the kernel's process files.
 */
export function processTreeUse(root: number, proc = "/proc"): TreeUse {
  const ticksOf = new Map<number, number>();
  const use: TreeUse = { cpuTicks: 0, processes: 0, memoryBytes: 0, ticksOf };
  const toVisit = [root];
  const seen = new Set<number>();
  // Kernels built without lists of children still give the parent of each process.
  const ofParents = fs.existsSync(`${proc}/${root}/task/${root}/children`) ? null : childrenByParent(proc);
  let reads = 0;
  for (let pid = toVisit.pop(); pid !== undefined && reads < MOST_READS; pid = toVisit.pop()) {
    if (seen.has(pid)) continue;
    seen.add(pid);
    const stat = read(`${proc}/${pid}/stat`);
    const ticks = ticksIn(stat);
    reads += 1;
    if (ticks === null) continue;
    use.cpuTicks += ticks;
    ticksOf.set(pid, ownTicksIn(stat));
    use.processes += 1;
    use.memoryBytes += Math.max(0, Number(fieldsOf(stat)[21]) || 0) * PAGE_BYTES;
    if (ofParents) {
      toVisit.push(...(ofParents.get(pid) ?? []));
      continue;
    }
    // Each thread has its own children.
    for (const thread of list(`${proc}/${pid}/task`).slice(0, MOST_READS - reads)) {
      reads += 1;
      toVisit.push(...numbersIn(read(`${proc}/${pid}/task/${thread}/children`)));
    }
  }
  return use;
}

function childrenByParent(proc: string): Map<number, number[]> {
  const children = new Map<number, number[]>();
  const pids = list(proc).filter((name) => PID.test(name));
  for (const pid of pids.slice(0, MOST_READS).map(Number)) {
    const parent = Number(fieldsOf(read(`${proc}/${pid}/stat`))[1]);
    const known = children.get(parent);
    if (known) known.push(pid);
    else children.set(parent, [pid]);
  }
  return children;
}

/**
 * Returns the fields after the command's name. The name may contain spaces and parentheses, so they start after the
 * last parenthesis.
 */
function fieldsOf(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** Returns the user and system time of a process and its reaped children: fields 14 to 17 of its `stat`. */
export function ticksIn(stat: string): number | null {
  const fields = fieldsOf(stat).slice(11, 15).map(Number);
  return fields.length === 4 && fields.every(Number.isFinite) ? fields.reduce((sum, part) => sum + part, 0) : null;
}

/** Returns the user and system time of a process alone: fields 14 and 15 of its `stat`. */
function ownTicksIn(stat: string): number {
  const [user, system] = fieldsOf(stat).slice(11, 13).map(Number);
  return (user ?? 0) + (system ?? 0);
}

function numbersIn(text: string): number[] {
  return text
    .split(/\s+/)
    .filter((word) => PID.test(word))
    .map(Number);
}

function read(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function list(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}
