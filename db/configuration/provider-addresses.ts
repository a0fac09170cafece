/**
 * Stores the settings of model providers except their keys, which are secrets, as one text whose format only its reader
 * knows.
 */
import type { Sqlite } from "@/db/file/client";
import { createFacts } from "@/db/file/facts";
import type { Writes } from "@/db/file/writes";
import { HALTED } from "@/db/records/halt";
import { createMail } from "@/db/records/mail";

const FACT = "providers";

export interface ProviderAddresses {
  /** Returns null when nothing was ever set. */
  read(): string | null;
  /** Reads the old text and writes the new one in one transaction. */
  change(work: (before: string | null) => string): Promise<void>;
  /**
   * Lets tasks that wait for the provider, or for a model that it did not have, try: those that are paused when they are
   * resumed, the others now. Resolves with the number of each.
   */
  wakeTasksOf(provider: string, by: string): Promise<{ now: number; paused: number }>;
}

export function createProviderAddresses(sqlite: Sqlite, log: Writes): ProviderAddresses {
  const facts = createFacts(sqlite);
  const read = () => facts.read(FACT) ?? null;
  const mail = createMail(sqlite);
  const parked = sqlite.prepare(`
    SELECT uid, holds + ${HALTED} AS holds FROM tasks WHERE status = 'parked' AND ended_at_ms IS NULL
      AND (wait_kind IS NULL OR wait_kind = 'model_gone') AND substr(model, 1, length(@start)) = @start`);
  return {
    read,
    change: (work) => log.write(() => facts.write(FACT, work(read()))),
    wakeTasksOf: (provider, by) =>
      log.write((context) => {
        const found = parked.all({ start: `${provider}/` }) as { uid: string; holds: number }[];
        const woken = found.filter(({ uid }) => mail.deliver(uid, { kind: "unpark", by }, context));
        const now = woken.filter(({ holds }) => holds === 0).length;
        return { now, paused: woken.length - now };
      }),
  };
}
