import { cpus, totalmem } from "node:os";

/** In one line: what the figures were measured on. */
export function machine(): string {
  const cores = cpus();
  const memoryGb = Math.round(totalmem() / 1024 ** 3);
  return `${cores[0]?.model.trim() ?? "unknown CPU"}, ${cores.length} cores, ${memoryGb} GB, Node ${process.versions.node}, ${process.platform}`;
}
