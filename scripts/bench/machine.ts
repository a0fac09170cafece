import { cpus, loadavg, totalmem } from "node:os";

/** In one line: what the figures were measured on, and how busy it was with other things when the bench began. */
export function machine(): string {
  const cores = cpus();
  const memoryGb = Math.round(totalmem() / 1024 ** 3);
  const load = (loadavg()[0] ?? 0).toFixed(1);
  const model = cores[0]?.model.trim() ?? "unknown CPU";
  return `${model}, ${cores.length} cores, ${memoryGb} GB, Node ${process.versions.node}, ${process.platform}, load ${load}`;
}
