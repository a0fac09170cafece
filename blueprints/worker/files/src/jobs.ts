/** The kinds of jobs: how their data looks, and what they do. */
import type { Logger } from "pino";
import { z } from "zod";

/** Does the work of one job. A job that throws is tried again. */
export type Run = (data: unknown, log: Logger) => Promise<void>;

export const JOBS: Record<string, Run> = {
  // An example to replace.
  greet: kind(z.object({ name: z.string() }), async ({ name }, log) => {
    log.info(`Hello, ${name}!`);
  }),
};

function kind<Data>(schema: z.ZodType<Data>, run: (data: Data, log: Logger) => Promise<void>): Run {
  return async (data, log) => run(schema.parse(data), log);
}
