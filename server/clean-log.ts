/** The server's log and console output, with all secrets redacted. */
import { format } from "node:util";
import pino from "pino";
import type { Settings } from "@/lib/env";
import { createRedactor, type Redactor } from "@/lib/secrets/redact";

export interface CleanLogger {
  logger: pino.Logger;
  /**
   * Redacts with this redactor from now on. Before the database is open, only secrets of the environment are redacted.
   */
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

/** Redacts console errors and warnings too, because Next.js and the API report failures there. */
export function cleanConsole(
  redactor: Pick<Redactor, "redact">,
  target: Pick<Console, "error" | "warn"> = console,
): void {
  for (const name of ["error", "warn"] as const) {
    const write = target[name].bind(target);
    target[name] = (...parts: unknown[]) => write(redactor.redact(format(...parts)));
  }
}
