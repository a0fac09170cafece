import { calledOff } from "@/lib/mcp/config/errors";

/** Waits for shared work without owning it: a cancelled caller stops waiting and the work continues for the others. */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined, server: string): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const leave = () => reject(calledOff(server));
    if (signal.aborted) leave();
    signal.addEventListener("abort", leave, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
  });
}
