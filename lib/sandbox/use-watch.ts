/**
 * Ends a run whose processes use more than allowed, with a sentence: more memory together, before the machine runs out,
 * or more CPU time in one process, before the kernel kills that process without a word. A single process fails at its
 * own data limit; many together are found by sampling. Shared pages count for each process.
 */
import type { Over, SandboxLimits } from "./port";
import { processTreeUse, type TreeUse } from "./process-tree";

const POLL_MS = 250;
const TICKS_PER_SECOND = 100;

export type WatchedLimits = Pick<SandboxLimits, "memoryBytes" | "cpuSeconds">;

/** Samples until the returned function is called; calls `onOver` once. */
export function watchUse(pid: number, limits: WatchedLimits, onOver: Over): () => void {
  const timer = setInterval(() => {
    const use = processTreeUse(pid);
    const over = overMemory(use, limits) ?? overCpu(use, limits);
    if (over === null) return;
    clearInterval(timer);
    onOver(over.problem, over.why);
  }, POLL_MS);
  return () => clearInterval(timer);
}

type Found = { problem: string; why: "memory" | "cpu" } | null;

function overMemory({ memoryBytes }: TreeUse, limits: WatchedLimits): Found {
  if (memoryBytes <= limits.memoryBytes) return null;
  const megabytes = Math.round(limits.memoryBytes / 1024 ** 2);
  return {
    why: "memory",
    problem: `The command was ended, because its processes used more than ${megabytes} MB of memory together; split the work into smaller parts, or ask a person to raise BANYAN_MAX_COMMAND_MB.`,
  };
}

function overCpu({ ticksOf }: TreeUse, { cpuSeconds }: WatchedLimits): Found {
  const most = Math.max(0, ...ticksOf.values());
  return most < cpuSeconds * TICKS_PER_SECOND ? null : { why: "cpu", problem: cpuProblem(cpuSeconds) };
}

export function cpuProblem(cpuSeconds: number): string {
  const seconds = `${cpuSeconds} second${cpuSeconds === 1 ? "" : "s"}`;
  return `The command was ended, because one of its processes used its ${seconds} of CPU time; ask for more with cpu_seconds, or leave cpu_seconds out and give a longer timeout_seconds.`;
}
