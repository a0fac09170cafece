/** What was used in a period: the facts of the log, of the days' sums and of the disk. */
import { setImmediate } from "node:timers/promises";
import { type Queries, wrongField } from "@/agents/application";
import type { Space } from "@/agents/retention/space";
import { daysOf, type Span } from "@/core/kpis/spans";
import { isProgram } from "@/core/programs/names";
import { addCharges, type Charge, daysBetween, usageOf, type WorkedTree, workedMs } from "@/core/usage/usage";
import type { Store } from "@/db/store";
import type { KnownModels } from "@/lib/models/known-models";

export interface UsageSources {
  store: { queries: Pick<Store["queries"], "kpiFacts" | "timeline" | "usage"> };
  models: Pick<KnownModels, "priceOf">;
  space: Space;
  /** The address that people use for the server; null: not set. */
  publicUrl: string | null;
  now(): number;
}

const MOST_DAYS = 366;

export function createUsageQueries(sources: UsageSources): Pick<Queries, "getUsage"> {
  return {
    async getUsage({ from, to } = {}) {
      const nowMs = sources.now();
      const span = spanOf(from, to, nowMs);
      const { usage } = sources.store.queries;
      const charges = await chargesIn(sources, span);
      const facts = {
        days: usage.days(span),
        tasks: usage.tasks(span),
        charges,
        trees: await workedTrees(sources, span, nowMs),
        storage: await sources.space.read(),
        unpriced: unpricedOf(sources, charges),
      };
      return usageOf(facts, { span, nowMs, installation: sources.publicUrl });
    },
  };
}

function spanOf(from: string | undefined, to: string | undefined, nowMs: number): Span {
  const span = daysBetween(from, to, nowMs);
  if (span === null)
    throw wrongField("from", "Name days such as 2026-11-01: the first with “from”, the last with “to”.");
  if (span.fromMs >= span.untilMs)
    throw wrongField("from", "The period ends before it begins: name an earlier first day.");
  if (daysOf(span) > MOST_DAYS)
    throw wrongField("from", `The period has more than ${MOST_DAYS} days: name a later first day.`);
  return span;
}

async function chargesIn({ store }: UsageSources, span: Span): Promise<Charge[]> {
  const sums = new Map<string, Charge>();
  for (const part of store.queries.usage.charges(span)) {
    addCharges(sums, part);
    await setImmediate();
  }
  return [...sums.values()];
}

/** The same stretches as on a tree's timeline. */
async function workedTrees({ store }: UsageSources, span: Span, nowMs: number): Promise<WorkedTree[]> {
  const { usage, timeline, kpiFacts } = store.queries;
  const projectOf = kpiFacts.projects();
  const worked: WorkedTree[] = [];
  for (const { tree, repository } of usage.trees(span)) {
    const { from, tasks } = timeline.timeline(tree, span.fromMs, nowMs);
    const beganMs = Date.parse(from);
    const ran = tasks.flatMap(({ stretches }) =>
      stretches.flatMap(([kind, start, end]) =>
        kind === "ran" ? [{ fromMs: beganMs + start, toMs: end === null ? nowMs : beganMs + end }] : [],
      ),
    );
    worked.push({ tree, project: projectOf(repository), agentMs: workedMs(ran, span) });
    await setImmediate();
  }
  return worked;
}

function unpricedOf({ models }: UsageSources, charges: readonly Charge[]): string[] {
  const used = new Set(charges.filter(({ tokensIn, tokensOut }) => tokensIn + tokensOut > 0).map(({ model }) => model));
  return [...used].filter((model) => !isProgram(model) && models.priceOf(model) === null).sort();
}
