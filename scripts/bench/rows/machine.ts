import { cpus, loadavg, totalmem } from "node:os";

/** Returns one line about the machine and its load before the bench began. */
export function machine(): string {
  const cores = cpus();
  const memoryGb = Math.round(totalmem() / 1024 ** 3);
  const load = (loadavg()[0] ?? 0).toFixed(1);
  const model = cores[0]?.model.trim() ?? "unknown CPU";
  return `${model}, ${cores.length} cores, ${memoryGb} GB, Node ${process.versions.node}, ${process.platform}, load ${load}`;
}
