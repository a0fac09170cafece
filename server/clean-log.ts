/** What the server says about itself: no secret is in it, whoever put it there. */
import { format } from "node:util";
import pino from "pino";
import type { Settings } from "@/lib/env";
import { createRedactor, type Redactor } from "@/lib/secrets/redact";

export interface CleanLogger {
  logger: pino.Logger;
  /** From now on all secrets are taken out; until then those of the environment, because no database is open. */
  cleanWith(redactor: Pick<Redactor, "redact">): void;
}

export function createCleanLogger(
  { logLevel, knownValues }: Pick<Settings, "logLevel" | "knownValues">,
  destination: { write(line: string): unknown },
): CleanLogger {
  let redactor: Pick<Redactor, "redact"> = createRedactor({ values: () => knownValues });
  const write = (line: string) => void destination.write(redactor.redact(line));
  return {
    logger: pino({ level: logLevel }, { write }),
    cleanWith(next) {
      redactor = next;
    },
  };
}

/** Next.js and the API say on the console what they failed at. */
export function cleanConsole(
  redactor: Pick<Redactor, "redact">,
  target: Pick<Console, "error" | "warn"> = console,
): void {
  for (const name of ["error", "warn"] as const) {
    const write = target[name].bind(target);
    target[name] = (...words: unknown[]) => write(redactor.redact(format(...words)));
  }
}
