/**
 * Restores a database, and kills itself before the operation with the given number that writes, moves or syncs a file:
 * `FROM TO NUMBER`. A restore with fewer operations ends by itself.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const [, , from = "", to = "", last = ""] = process.argv;
const CHANGING = ["copyFileSync", "renameSync", "writeFileSync", "fsyncSync"] as const;

let count = 0;
for (const name of CHANGING) {
  const real = fs[name] as (...args: unknown[]) => unknown;
  Object.assign(fs, {
    [name](...args: unknown[]) {
      count += 1;
      if (String(count) === last) process.kill(process.pid, "SIGKILL");
      return real.apply(fs, args);
    },
  });
}
// Also for those who import the functions by name.
syncBuiltinESMExports();

const { restoreDatabase } = await import("../backup");
restoreDatabase(from, to, "drizzle");
