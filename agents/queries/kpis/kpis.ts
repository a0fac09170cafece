/** KPIs of a period and the report of a month, from the facts that the database and the kept reports of the gates hold. */
import { type Queries, UserError, wrongField } from "@/agents/application";
import { projectCalled } from "@/agents/projects/find-project";
import { createGateRuns } from "@/agents/self/gate-runs";
import { MEMORY_MS } from "@/core/failures/counts";
import type { BacklogFacts } from "@/core/kpis/backlog";
import type { KpiFacts } from "@/core/kpis/facts";
import { kpisOf, neededSince } from "@/core/kpis/kpis";
import { DEFAULT_DAYS, daysOf, monthOf, type Span, type Spans, spansOf } from "@/core/kpis/spans";
import type { FailureAdvice } from "@/core/shapes/failures";
import type { StoredStart } from "@/db/log/starts";
import type { Store } from "@/db/store";
import { insightShape } from "../projects/projects";

type KpiQuery = NonNullable<Parameters<Queries["getKpis"]>[0]>;

export interface KpiSources {
  store: Pick<Store, "failures" | "insights" | "measurements" | "projects"> & {
    queries: Pick<Store["queries"], "kpiFacts">;
  };
  dataDir: string;
  /** What a person could do about failures. */
  adviceNow(): Promise<FailureAdvice[]>;
  /** The newest starts of servers, newest first, with how each ended. */
  startsNow(): StoredStart[];
  now(): number;
}

const DAY_MS = 86_400_000;
const MOST_DAYS = 366;
/** Figures of a period that ends now are at most so old. */
const KEPT_MS = 15_000;
/** The journal of starts keeps so many. */
const STARTS_KEPT = 100;

export function createKpiQueries(sources: KpiSources): Pick<Queries, "getKpis" | "getReport"> {
  const { store, now } = sources;
  const recent = createRecentFacts(sources);
  const computed = async (spans: Spans, name: string | undefined) => {
    const project = name === undefined ? null : projectCalled(store.projects, name).name;
    const facts = recent.since(neededSince(spans), spans.period.untilMs);
    return kpisOf(facts, await backlogFacts(sources, spans.period, project), { ...spans, project });
  };
  return {
    getKpis: async (query = {}) => computed(spansOf(periodOf(query, recent.nowMs())), query.project),
    async getReport(month, { project } = {}) {
      const found = monthOf(month, recent.nowMs());
      if (found === null) throw new UserError("invalid", "Name a month such as 2026-11.");
      if (found.period.fromMs > now())
        throw new UserError("invalid", `${month} has not begun: choose an earlier month.`);
      const kpis = await computed(found, project);
      return { month, is_over: found.isOver, made_at: new Date(now()).toISOString(), kpis };
    },
  };
}

interface RecentFacts {
  /** Returns the end of a period that ends now: the moment of the kept facts, or now. */
  nowMs(): number;
  /** Returns the facts from a time until another. */
  since(fromMs: number, untilMs: number): KpiFacts;
}

/** Keeps facts for some seconds, because a page that is open asks again after each commit, and reading takes a while. */
function createRecentFacts(sources: KpiSources): RecentFacts {
  const gateRuns = createGateRuns(sources.dataDir);
  let kept: { atMs: number; fromMs: number; facts: KpiFacts } | null = null;
  const fresh = () =>
    kept !== null && sources.now() - kept.atMs < KEPT_MS && sources.now() >= kept.atMs ? kept : null;
  return {
    nowMs: () => fresh()?.atMs ?? sources.now(),
    since(fromMs, untilMs) {
      const known = fresh();
      if (known && fromMs >= known.fromMs && untilMs <= known.atMs) return known.facts;
      kept = { atMs: sources.now(), fromMs, facts: factsSince(sources, fromMs, gateRuns.list()) };
      return kept.facts;
    },
  };
}

function periodOf({ from, until }: KpiQuery, nowMs: number): Span {
  const untilMs = timeIn(until, "until") ?? nowMs;
  const fromMs = timeIn(from, "from") ?? untilMs - DEFAULT_DAYS * DAY_MS;
  if (fromMs >= untilMs) throw wrongField("from", "The period ends before it begins: name an earlier time.");
  const span = { fromMs, untilMs };
  if (daysOf(span) > MOST_DAYS)
    throw wrongField("from", `The period has more than ${MOST_DAYS} days: name a later time.`);
  return span;
}

function timeIn(text: string | undefined, name: "from" | "until"): number | null {
  if (text === undefined) return null;
  const ms = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isFinite(ms))
    throw wrongField(name, `"${name}" must be a date or a time such as 2026-11-01 or 2026-11-01T06:00Z.`);
  return ms;
}

function factsSince({ store, startsNow, now }: KpiSources, sinceMs: number, gateRuns: KpiFacts["gateRuns"]): KpiFacts {
  const projectOf = store.queries.kpiFacts.projects();
  const starts = startsNow();
  const oldest = starts.at(-1);
  return {
    project: null,
    ...store.queries.kpiFacts.since(sinceMs),
    failures: store.failures
      .since(sinceMs)
      .map(({ repository, ...row }) => ({ ...row, project: projectOf(repository) })),
    // A period of exactly that length, which ends with the last facts that were read, is whole.
    failuresSinceMs: now() - MEMORY_MS - KEPT_MS,
    gateRuns,
    pages: store.measurements.pages.since(sinceMs),
    starts: {
      crashes: starts.flatMap(({ end, startedAtMs }) =>
        end?.how === "crashed" || end?.how === "machine" ? [{ atMs: end.atMs ?? startedAtMs }] : [],
      ),
      sinceMs: oldest === undefined ? null : starts.length < STARTS_KEPT ? 0 : oldest.startedAtMs,
    },
  };
}

async function backlogFacts(sources: KpiSources, period: Span, project: string | null): Promise<BacklogFacts> {
  const { store, adviceNow } = sources;
  const names = project === null ? store.projects.all().map(({ name }) => name) : [project];
  return {
    insights: names.flatMap((name) =>
      store.insights
        .of(name)
        .filter(({ state }) => state === "open")
        .map((insight) => ({ project: name, insight: insightShape(insight) })),
    ),
    retired: store.queries.kpiFacts.retired(period.fromMs),
    advice: await adviceNow(),
  };
}
