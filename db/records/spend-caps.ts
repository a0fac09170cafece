/** The caps that an admin sets for the whole installation: what all trees spend in a day, and what one tree spends. */
import type { Sqlite } from "@/db/file/client";
import { createFacts } from "@/db/file/facts";
import type { Writes } from "@/db/file/writes";
import { createMail } from "./mail";

/** In micro-dollars; null: no cap. */
export interface SpendCaps {
  dayMicroUsd: number | null;
  /** For a tree that is submitted without a cap of its own. */
  treeMicroUsd: number | null;
}

export interface SpendCapStore {
  read(): SpendCaps;
  /** In one transaction. Tasks that wait for the next day try again, because the cap may be higher now. */
  change(change: Partial<SpendCaps>, by: string): Promise<SpendCaps>;
  /**
   * Sets the caps of a new installation. Returns false, and changes nothing, where there is any configuration, or caps that
   * somebody set first.
   */
  startNew(caps: SpendCaps): Promise<boolean>;
}

const FACT = "spend_caps";
const NONE: SpendCaps = { dayMicroUsd: null, treeMicroUsd: null };

/** Returns a reader of the caps. An installation that never stored any has none. */
export function spendCapReader(sqlite: Sqlite, glance: Writes["glance"]): () => SpendCaps {
  const facts = createFacts(sqlite);
  const stored = glance(() => facts.read(FACT));
  let kept: { json: string | undefined; caps: SpendCaps } = { json: undefined, caps: NONE };
  return () => {
    const json = stored();
    // Read before every model call, so the text is parsed only when it has changed.
    if (json !== kept.json) kept = { json, caps: json === undefined ? NONE : { ...NONE, ...JSON.parse(json) } };
    return kept.caps;
  };
}

export function createSpendCaps(sqlite: Sqlite, log: Writes): SpendCapStore {
  const read = spendCapReader(sqlite, log.glance);
  const mail = createMail(sqlite);
  const facts = createFacts(sqlite);
  const parked = sqlite.prepare(`
    SELECT task.uid, tree.id AS treeId, tree.uid AS treeUid FROM tasks task JOIN trees tree ON tree.id = task.tree_id
    WHERE task.status = 'parked' AND task.wait_kind = 'daily_cap' AND task.ended_at_ms IS NULL`);
  const isUsed = sqlite
    .prepare("SELECT EXISTS (SELECT 1 FROM config_versions) OR EXISTS (SELECT 1 FROM trees)")
    .pluck();
  return {
    read,
    change: (change, by) =>
      log.write(({ nowMs, touch }) => {
        facts.write(FACT, JSON.stringify({ ...read(), ...change }));
        for (const task of parked.all() as { uid: string; treeId: number; treeUid: string }[])
          if (mail.send(task.uid, { kind: "unpark", by }, nowMs))
            touch({ id: task.treeId, uid: task.treeUid }, task.uid);
        return read();
      }),
    startNew: (caps) =>
      log.write(() => {
        if (isUsed.get() === 1 || facts.read(FACT) !== undefined) return false;
        facts.write(FACT, JSON.stringify(caps));
        return true;
      }),
  };
}
