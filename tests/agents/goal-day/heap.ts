import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Returns the size of the heap in megabytes after a garbage collection. */
export async function heapMb(): Promise<number> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  // Objects that a finalizer releases are collected the next time.
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  return process.memoryUsage().heapUsed / 1e6;
}
