/** Adds a job: `npm run add -- KIND DATA`, where DATA is JSON. */
import { readConfig } from "./config.ts";
import { JOBS } from "./jobs.ts";
import { Queue } from "./queue.ts";

const [kind = "", data = "{}"] = process.argv.slice(2);
try {
  if (!Object.hasOwn(JOBS, kind)) throw new Error(`Name a kind of job: ${Object.keys(JOBS).join(", ")}.`);
  const queue = new Queue(readConfig(process.env).database);
  process.stdout.write(`Added the job ${queue.add(kind, JSON.parse(data))}.\n`);
  queue.close();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
