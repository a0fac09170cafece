/** Checks that daily spend equals the logs, and is never above the caps. */
import { fold } from "@/core/evolve";
import type { Stage } from "./people";

interface Amount {
  tokens: number;
  microUsd: number;
}

/** Checks at every idle moment the day's spent and reserved amounts, in total and per person. */
export function dayChecks({ web, clock, dailyCaps, tally }: Stage): () => void {
  const { sqlite } = web.store.client;
  const used = sqlite.prepare(`
    SELECT coalesce(sum(tokens), 0) AS tokens, coalesce(sum(micro_usd), 0) AS microUsd FROM (
      SELECT tokens, micro_usd FROM daily_spend WHERE day = @day AND (@person IS NULL OR person = @person)
      UNION ALL
      SELECT reserved_tokens, reserved_micro_usd FROM tasks JOIN trees ON trees.id = tasks.tree_id
      WHERE @person IS NULL OR created_by = @person)`);
  const people = sqlite.prepare("SELECT DISTINCT created_by FROM trees").pluck();
  const check = (whose: string, cap: { tokens: number | null; microUsd: number | null }, person: string | null) => {
    const day = new Date(clock.now()).toISOString().slice(0, 10);
    const { tokens, microUsd } = used.get({ day, person }) as Amount;
    if (tokens > (cap.tokens ?? Number.POSITIVE_INFINITY))
      tally.broken(`The day ${day} has ${tokens} tokens of ${whose}, and its cap is ${cap.tokens}.`);
    if (microUsd > (cap.microUsd ?? Number.POSITIVE_INFINITY))
      tally.broken(`The day ${day} has $${microUsd / 1e6} of ${whose}, and its cap is $${(cap.microUsd ?? 0) / 1e6}.`);
  };
  const isCapped = ({ tokens, microUsd }: Stage["dailyCaps"]["all"]) => tokens !== null || microUsd !== null;
  return () => {
    if (isCapped(dailyCaps.all)) check("all", dailyCaps.all, null);
    if (isCapped(dailyCaps.person))
      for (const person of people.all() as string[]) check(person, dailyCaps.person, person);
  };
}

/** Checks at the end that a person's days sum up to the logs of their tasks; deleted trees have no logs. */
export function spendChecks({ web, tally }: Stage): void {
  const { sqlite } = web.store.client;
  const submitted = (tally.features.get("command submit done") ?? 0) + (tally.features.get("a fork begins") ?? 0);
  const hasDeleted = submitted !== sqlite.prepare("SELECT count(*) FROM trees").pluck().get();
  const tasks = sqlite
    .prepare("SELECT tasks.id, length, created_by AS person FROM tasks JOIN trees ON trees.id = tree_id")
    .all() as { id: number; length: number; person: string }[];
  const said = new Map<string, Amount>();
  for (const { id, length, person } of tasks) {
    const { spent } = fold(web.store.loader.entries(id, length));
    const sum = said.get(person) ?? { tokens: 0, microUsd: 0 };
    said.set(person, {
      tokens: sum.tokens + spent.tokensIn + spent.tokensOut,
      microUsd: sum.microUsd + spent.microUsd,
    });
  }
  const copied = sqlite.prepare(
    "SELECT created_by AS person, sum(copied_tokens) AS tokens, sum(copied_micro_usd) AS microUsd FROM trees GROUP BY 1",
  );
  for (const { person, tokens, microUsd } of copied.all() as (Amount & { person: string })[]) {
    const sum = said.get(person);
    if (sum) said.set(person, { tokens: sum.tokens - tokens, microUsd: sum.microUsd - microUsd });
  }
  const select = sqlite.prepare(
    "SELECT coalesce(sum(tokens), 0) AS tokens, coalesce(sum(micro_usd), 0) AS microUsd FROM daily_spend WHERE person = ?",
  );
  for (const [person, logs] of said) {
    const days = select.get(person) as Amount;
    const isEqual = hasDeleted
      ? days.tokens >= logs.tokens && days.microUsd >= logs.microUsd
      : days.tokens === logs.tokens && days.microUsd === logs.microUsd;
    if (!isEqual)
      tally.broken(`The days of ${person} have ${JSON.stringify(days)}, and the logs say ${JSON.stringify(logs)}.`);
  }
}
