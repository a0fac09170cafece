/** Looks at the forges of projects, one link after the other, and keeps what went wrong as a sentence. */
import { makerNow } from "@/agents/schedules/maker";
import { type ForgeRules, NO_RULES, rulesIn } from "@/core/forges/rules";
import { jiraSecretOf, tokenSecretOf } from "@/core/words/projects";
import type { StoredIssue, StoredLink } from "@/db/forges/stored";
import { ForgeError } from "@/lib/forges/port";
import { type Checks, startChecks } from "@/lib/time/checks";
import { orAborted } from "@/lib/time/or-aborted";
import type { Timers } from "@/lib/time/timers";
import { WorkspaceError } from "@/lib/workspace/path";
import { goOnBeside } from "./beside";
import { claimRequests } from "./requests";
import type { ForgeSources, Look } from "./sources";
import { step } from "./step";
import { readTakenBack } from "./taken-back";
import { askedWhile, wantedWhile } from "./wanted";

const CHECK_MS = 1_000;
/** How often a forge is asked that calls no webhook. */
const LOOK_MS = 60_000;
/** Each open issue costs about six requests a look, and GitHub takes 5,000 an hour: with more of them looks are rarer. */
const MOST_A_MINUTE = 8;
const MOST_WAIT_MS = 30 * 60_000;

export interface ForgeWatchOptions extends ForgeSources {
  halts: { current(): unknown };
  timers: Timers;
  /** Whether this worker does the work that one worker does for all. */
  leads(): boolean;
  report(message: string, error?: unknown): void;
}

export function startForgeWatch(options: ForgeWatchOptions): Checks {
  const ending = new AbortController();
  let going: Promise<void> | null = null;
  const checks = startChecks({
    timers: options.timers,
    everyMs: CHECK_MS,
    // A look may take minutes; the next check finds it going and waits for none.
    check: async () => {
      going ??= lookAtDue(options, ending.signal).finally(() => {
        going = null;
      });
    },
    failed: (error) => options.report("The forges of projects could not be looked at.", error),
  });
  return {
    async check() {
      await checks.check();
      await going;
    },
    async stop() {
      ending.abort(new Error("The server stops."));
      await checks.stop();
      await going;
    },
  };
}

/** Never rejects. */
async function lookAtDue(options: ForgeWatchOptions, signal: AbortSignal): Promise<void> {
  const { store, now, report, leads, halts } = options;
  const mayLook = () => leads() && !halts.current() && !signal.aborted;
  try {
    if (!mayLook()) return;
    for (const id of store.forges.ended()) await store.forges.makeDue(id, now());
    const seen = new Set<number>();
    // Each look may take minutes, in which people change the links that wait for theirs.
    const next = () => store.forges.due(now()).find(({ id }) => !seen.has(id));
    for (let link = next(); link !== undefined && mayLook(); link = next()) {
      seen.add(link.id);
      await lookAt(options, link, signal);
    }
  } catch (error) {
    if (!signal.aborted) report("The forges of projects could not be looked at.", error);
  }
}

/** One issue that the forge refuses does not hold back the others. Resolves with the first such refusal, or null. */
async function stepAll(look: Look, issues: readonly StoredIssue[]): Promise<unknown> {
  let first: unknown = null;
  for (const issue of issues) {
    look.requireWanted();
    try {
      await step(look, issue);
    } catch (error) {
      const isOfAll = error instanceof ForgeError && (error.kind === "limited" || error.kind === "away");
      if (isOfAll || look.signal.aborted) throw error;
      first ??= error;
    }
  }
  return first;
}

/** Returns the rules of a project. They were checked when they were set. */
function rulesOf({ rules: text }: StoredLink): ForgeRules {
  const rules = rulesIn(text);
  return "fault" in rules ? NO_RULES : rules;
}

function lacking({ host, jira }: StoredLink, isToken: boolean): string {
  if (isToken || jira === null) return `The vault has no token for ${host}: set the secret ${tokenSecretOf(host)}.`;
  return `The vault has no account for ${jira.host}: set the secret ${jiraSecretOf(jira.host)} to EMAIL:TOKEN.`;
}

async function lookAt(options: ForgeWatchOptions, link: StoredLink, server: AbortSignal): Promise<void> {
  const { store, now, report } = options;
  const { etags, commentsSinceMs, login } = link;
  let isRead = false;
  let rest = { etags, commentsSinceMs, login, failures: 0, trouble: null };
  const owner = makerNow(store.people, { maker: link.maker, rights: [] }, now());
  if ("lost" in owner) {
    await store.forges.pause(link.id, null, owner.lost);
    return;
  }
  const wanted = wantedWhile(options, link, server);
  const { signal, requireWanted } = wanted;
  const portOf: ForgeSources["portOf"] = (place) => askedWhile(options.portOf(place, signal), requireWanted);
  const jiraOf: ForgeSources["jiraOf"] = (project) => askedWhile(options.jiraOf(project, signal), requireWanted);
  try {
    const port = portOf(link, signal);
    const issues = link.jira === null ? port : jiraOf(link.jira, signal);
    if (port === null || issues === null) {
      const trouble = lacking(link, port === null);
      await store.forges.looked(link, { ...rest, trouble, failures: link.failures + 1, nextAtMs: now() + LOOK_MS });
      return;
    }
    // A secret may have been replaced by the token of another account, and an account of Jira may change its name.
    const self = await port.login();
    const tracker = { port: issues, login: link.jira === null ? self : await issues.login() };
    const look: Look = {
      ...options,
      portOf,
      jiraOf,
      requireWanted,
      // A clone may take minutes. The next look submits the same tree again.
      submit: (...given) => orAborted(() => options.submit(...given), server),
      // What was read for another account says nothing of this one.
      link: self === login ? link : { ...link, etags: {} },
      into: store.projects.get(link.project)?.branch ?? null,
      files: options.snapshots,
      beside: null,
      rules: rulesOf(link),
      port,
      login: self,
      tracker,
      maker: owner.actor,
      signal,
    };
    const before = store.forges.unsettled(link.projectId);
    const refusal = await stepAll(look, before);
    rest = { ...rest, ...(await claimRequests(look)), login: self };
    isRead = true;
    // What was claimed begins at once.
    const known = new Set(before.flatMap(({ id, state }) => (state === "claimed" ? [id] : [])));
    const claimed = store.forges
      .unsettled(link.projectId)
      .filter(({ id, state }) => state === "claimed" && !known.has(id));
    const another = await stepAll(look, claimed);
    await goOnBeside(look);
    await readTakenBack(look);
    if (refusal !== null || another !== null) throw refusal ?? another;
    requireWanted();
    const open = store.forges.unsettled(link.projectId).length;
    const nextAtMs = now() + LOOK_MS * Math.max(1, Math.ceil(open / MOST_A_MINUTE));
    await store.forges.looked(link, { ...rest, nextAtMs });
  } catch (error) {
    if (!wanted.isStill()) return;
    const failures = link.failures + 1;
    // What the forge refuses of one issue makes no other one wait longer.
    const isOfOne = isRead && error instanceof ForgeError && (error.kind === "refused" || error.kind === "missing");
    const waitMs = isOfOne ? LOOK_MS : Math.min(LOOK_MS * 2 ** Math.min(link.failures, 10), MOST_WAIT_MS);
    const untilMs = error instanceof ForgeError ? error.untilMs : null;
    const isKnown = error instanceof ForgeError || error instanceof WorkspaceError;
    if (!isKnown) report(`The forge of the project ${link.project} could not be looked at.`, error);
    const trouble = error instanceof Error && isKnown ? error.message : "The server failed; its log says why.";
    const looked = { ...rest, trouble, failures, nextAtMs: untilMs ?? now() + waitMs };
    await store.forges.looked(link, looked);
  } finally {
    wanted.end();
  }
}
