/** Which pools the keys of runners are for, as the list of users of this data folder says. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { z } from "zod";
import { isName } from "../names";

/** The list of users, in the folder `nats` of the data. */
export const USERS = "users.json";

const name = z.string().refine(isName);

/** The pool of each runner's key. A key of an earlier release has none. */
export const poolsShape = z.record(name, name).default({});

const READ_EVERY_MS = 1_000;

/** Returns a function that returns the pool of a runner's key; null: it names none. It hears of changes within a second. */
export function keyPools(dataDir: string): (runner: string) => string | null {
  const file = join(dataDir, "nats", USERS);
  let pools: z.infer<typeof poolsShape> = {};
  let readMs = Number.NEGATIVE_INFINITY;
  return (runner) => {
    if (performance.now() - readMs >= READ_EVERY_MS) {
      pools = readPools(file) ?? pools;
      readMs = performance.now();
    }
    return pools[runner] ?? null;
  };
}

/** Returns null when the list cannot be read. */
function readPools(file: string): z.infer<typeof poolsShape> | null {
  try {
    return z.object({ pools: poolsShape }).parse(JSON.parse(readFileSync(file, "utf8"))).pools;
  } catch {
    return null;
  }
}
