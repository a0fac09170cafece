/** What all trees spend in a day (UTC), and the caps on it. Inside the log's transaction, so that no two promises pass one cap. */
import type { DailyCaps } from "@/lib/env";
import type { Sqlite } from "./client";
import type { DailyCapReached } from "./records";

export const NO_DAILY_CAPS: DailyCaps = {
  all: { tokens: null, microUsd: null },
  person: { tokens: null, microUsd: null },
};

type Caps = DailyCaps["all"];

const DAY_MS = 86_400_000;
/** When only calls under way stand against a promise: they cost less than was promised to them, and end soon. */
const SOON_MS = 15_000;

/** In SQL: that a parked task says why by one of the sentences below. */
export const IS_DAILY_CAP = (why: string) =>
  `${why} LIKE 'The cap of % a day for %' OR ${why} LIKE 'Calls under way hold %'`;

export function createDailySpend(sqlite: Sqlite, caps: DailyCaps) {
  const add = sqlite.prepare(`
    INSERT INTO daily_spend (day, person, tokens, micro_usd)
    SELECT @day, created_by, @tokens, @microUsd FROM trees WHERE id = @tree
    ON CONFLICT (day, person) DO UPDATE SET tokens = tokens + excluded.tokens, micro_usd = micro_usd + excluded.micro_usd`);
  const personOf = sqlite.prepare("SELECT created_by FROM trees WHERE id = ?").pluck();
  /**
   * Spent today, and promised to calls: of those in flight, at most as many as there are leases, and of tasks whose worker
   * died during one, which is charged when somebody goes on with the task.
   */
  const promisedTo = (status: string) => `
    SELECT reserved_tokens AS tokens, reserved_micro_usd AS micro_usd, 1 AS isPromised FROM tasks JOIN trees ON trees.id = tasks.tree_id
    WHERE tasks.status = '${status}' AND reserved_tokens > 0 AND (@person IS NULL OR trees.created_by = @person)`;
  const gone = sqlite.prepare(`
    SELECT coalesce(sum(tokens), 0) AS tokens, coalesce(sum(micro_usd), 0) AS microUsd,
      coalesce(sum(isPromised), 0) AS promises FROM (
      SELECT tokens, micro_usd, 0 AS isPromised FROM daily_spend
      WHERE day = @day AND (@person IS NULL OR person = @person)
      UNION ALL ${promisedTo("running")} UNION ALL ${promisedTo("ready")})`);
  const isCapped = ({ tokens, microUsd }: Caps) => tokens !== null || microUsd !== null;

  function used(person: string | null, nowMs: number): Promised & { promises: number } {
    return gone.get({ day: dayOf(nowMs), person }) as Promised & { promises: number };
  }

  function reached(cap: Caps, person: string | null, promise: Promised, nowMs: number): DailyCapReached | null {
    if (!isCapped(cap)) return null;
    const now = used(person, nowMs);
    const whose = person === null ? "all trees together" : `the trees of ${person}`;
    const isOver = (of: keyof Caps) => cap[of] !== null && now[of] + promise[of] > cap[of];
    const amount = isOver("tokens")
      ? `${cap.tokens} tokens`
      : isOver("microUsd")
        ? `$${(cap.microUsd ?? 0) / 1_000_000}`
        : null;
    if (amount === null) return null;
    if (now.promises > 0) {
      const message = `Calls under way hold what is left of the cap of ${amount} a day for ${whose}; it tries again when they have ended.`;
      return { message, untilMs: nowMs + SOON_MS };
    }
    const message = `The cap of ${amount} a day for ${whose} is reached, but for less than one more call may cost; it goes on tomorrow (UTC).`;
    return { message, untilMs: (Math.floor(nowMs / DAY_MS) + 1) * DAY_MS };
  }

  return {
    add(treeId: number, spend: { tokensIn: number; tokensOut: number; microUsd: number }, nowMs: number): void {
      const tokens = spend.tokensIn + spend.tokensOut;
      if (tokens > 0 || spend.microUsd > 0)
        add.run({ day: dayOf(nowMs), tree: treeId, tokens, microUsd: spend.microUsd });
    },
    /**
     * What a task of the tree may still promise today; null: no cap. `freed` is what its next record frees: its last promise, less
     * what the call spent.
     */
    left(treeId: number, freed: Promised, nowMs: number): Caps {
      const person = personOf.get(treeId) as string;
      const [all, own] = [
        isCapped(caps.all) ? used(null, nowMs) : null,
        isCapped(caps.person) ? used(person, nowMs) : null,
      ];
      const least = (of: keyof Caps) => {
        const rests = [
          all && caps.all[of] !== null ? caps.all[of] - all[of] + freed[of] : null,
          own && caps.person[of] !== null ? caps.person[of] - own[of] + freed[of] : null,
        ].filter((rest) => rest !== null);
        return rests.length > 0 ? Math.max(0, Math.min(...rests)) : null;
      };
      return { tokens: least("tokens"), microUsd: least("microUsd") };
    },
    /** The task's own last promise has been taken back by the record already. */
    refusal(treeId: number, promise: Promised, nowMs: number): DailyCapReached | null {
      if (promise.tokens === 0 || !(isCapped(caps.all) || isCapped(caps.person))) return null;
      const person = personOf.get(treeId) as string;
      const found = [reached(caps.all, null, promise, nowMs), reached(caps.person, person, promise, nowMs)];
      // The later of the two, where both stand against it.
      return found.reduce((one, other) => (other && other.untilMs > (one?.untilMs ?? 0) ? other : one), null);
    },
  };
}

interface Promised {
  tokens: number;
  microUsd: number;
}

/** The day (UTC) as the rows name it. */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
