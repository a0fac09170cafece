/**
 * Appends a row to the audit for every command of a person: who, what, on what, and the outcome, refusals included. It
 * wraps the guard, so that refusals leave rows too: `audited(guarded(app, actor).commands, …)`. The row follows the
 * command, in the order in which commands end. A process killed in between leaves only the command's own record.
 */

import type { Actor, Commands } from "@/agents/application";
import type { Ids } from "@/agents/queries/ids";
import type { AuditEntry } from "@/db/audit/audit";
import type { Store } from "@/db/store";

export interface AuditSources {
  append(rows: readonly AuditEntry[]): Promise<void>;
  /** Returns the full id for what was typed, and its tree. Called before the command runs. */
  find(of: Of, id: string): { subject: string; tree: string };
  redact(text: string): string;
  /** Reports a missing row to the server's operator: the command has already run. */
  report(message: string, error?: unknown): void;
}

/** What an id names. */
type Of = "unit" | "review" | "rule" | "name";

interface Told {
  actor: Actor;
  of?: Of;
  subject?: string;
  /** Its texts are shortened and redacted. */
  detail?: Record<string, unknown>;
}

const MOST_TEXT = 200;
/** Texts are cut to this before redaction; a cut in the middle of a shorter text could hide a key from it. */
const MOST_LOOKED_AT = 4_000;

/** Returns the value with only the first line of each text, redacted. */
function briefly(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === "string") return redact(value.slice(0, MOST_LOOKED_AT)).split("\n", 1)[0]?.slice(0, MOST_TEXT);
  if (Array.isArray(value)) return value.map((one) => briefly(one, redact));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, briefly(one, redact)]));
}

/** Returns the host of an address, whose path may hold a secret. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "no address";
}

/** What each command's row says. A command without an entry does not compile. */
const TELL: { [Name in keyof Commands]: (...args: Parameters<Commands[Name]>) => Told } = {
  submitTree: ({ task, agent, runbook, model, workspace, copy, repository, rights, grant }, actor, options = {}) => {
    const { schedule } = options;
    return { actor, detail: { schedule, task, agent, runbook, model, workspace, copy, repository, rights, grant } };
  },
  addSchedule: ({ name, cron, zone, overlap, submission }, actor) => {
    return { actor, detail: { name, cron, zone, overlap, task: submission.task, rights: submission.rights } };
  },
  changeSchedule: (id, { name, cron, zone, overlap, submission }, actor) => {
    const detail = { name, cron, zone, overlap, task: submission?.task, rights: submission?.rights };
    return { actor, of: "name", subject: id, detail };
  },
  pauseSchedule: (id, actor) => ({ actor, of: "name", subject: id }),
  resumeSchedule: (id, actor) => ({ actor, of: "name", subject: id }),
  runSchedule: (id, actor) => ({ actor, of: "name", subject: id }),
  removeSchedule: (id, actor) => ({ actor, of: "name", subject: id }),
  pause: (id, actor, options) => ({ actor, of: "unit", subject: id, detail: options }),
  resume: (id, actor) => ({ actor, of: "unit", subject: id }),
  pauseEverything: (reason, actor) => ({ actor, detail: { reason } }),
  resumeEverything: (actor) => ({ actor }),
  switchSelfOff: (reason, actor) => ({ actor, detail: { reason } }),
  switchSelfOn: (actor) => ({ actor }),
  setImprovement: (change, actor) => ({ actor, detail: change }),
  lookNow: (actor) => ({ actor }),
  shutDown: (actor) => ({ actor }),
  step: (id, actor, { agent, model, message } = {}) => ({
    actor,
    of: "unit",
    subject: id,
    detail: { agent, model, ...(message !== undefined && { characters: message.length }) },
  }),
  stop: (id, reason, actor) => ({ actor, of: "unit", subject: id, detail: { reason } }),
  retry: (id, actor, { more, message, agent, model } = {}) => ({
    ...{ actor, of: "unit", subject: id },
    detail: { ...more, agent, model, ...(message !== undefined && { characters: message.length }) },
  }),
  continueTask: (id, words, actor, { more, agent, model } = {}) => ({
    ...{ actor, of: "unit", subject: id },
    detail: { ...more, agent, model, characters: words.length },
  }),
  // The text itself is in the task's log.
  changeGoal: (id, fields, actor) => ({ actor, of: "unit", subject: id, detail: { fields: Object.keys(fields) } }),
  steer: (id, text, actor) => ({ actor, of: "unit", subject: id, detail: { characters: text.length } }),
  change: (id, to, actor, { alike } = {}) => ({
    ...{ actor, of: "unit", subject: id },
    detail: { ...to, ...(alike && { alike }) },
  }),
  fork: (id, { at, agent, model }, actor) => ({ actor, of: "unit", subject: id, detail: { at, agent, model } }),
  applyAsBranch: (id, { branch, repository, task }, actor) => {
    return { actor, of: "unit", subject: id, detail: { branch, repository, task } };
  },
  keepFiles: (kept, other, actor) => ({ actor, of: "unit", subject: kept, detail: { other } }),
  grant: (id, more, actor) => ({ actor, of: "unit", subject: id, detail: more }),
  decide: (id, decision, reason, actor, { alike, edited } = {}) => {
    const detail = { decision, reason, alike, edited: edited && Object.keys(edited) };
    return { actor, of: "review", subject: id, detail };
  },
  approveChanged: (id, input, reason, actor) => ({ actor, of: "review", subject: id, detail: { input, reason } }),
  // The texts themselves are in the item's rows.
  comment: (id, text, actor) => ({ actor, of: "review", subject: id, detail: { characters: text.length } }),
  askTask: (id, text, actor) => ({ actor, of: "review", subject: id, detail: { characters: text.length } }),
  endTrial: (id, decision, actor) => ({ actor, of: "name", subject: id, detail: { decision } }),
  judgeTree: (id, outcome, reason, actor) => ({ actor, of: "unit", subject: id, detail: { outcome, reason } }),
  restoreBefore: (id, actor) => ({ actor, of: "review", subject: id }),
  answer: (id, text, actor) => ({ actor, of: "review", subject: id, detail: { characters: text.length } }),
  addRule: ({ tool, item, exact, agent, tree, most_uses, why, hours }, actor) => {
    return { actor, detail: { tool, item, exact, agent, tree, most_uses, why, hours } };
  },
  changeRule: (id, { hours, most_uses, why, on }, actor) => {
    return { actor, of: "rule", subject: id, detail: { hours, most_uses, why, on } };
  },
  removeRule: (id, actor) => ({ actor, of: "rule", subject: id }),
  revokeRule: (id, actor) => ({ actor, of: "rule", subject: id }),
  setToolPolicy: (name, policy, actor) => ({ actor, of: "name", subject: name, detail: { policy } }),
  deleteTree: (id, actor) => ({ actor, of: "unit", subject: id }),
  markSeen: (id, actor) => ({ actor, of: "unit", subject: id }),
  saveTemplate: ({ name, replaces }, actor) => ({ actor, of: "name", subject: name, detail: { replaces } }),
  removeTemplate: (name, actor) => ({ actor, of: "name", subject: name }),
  addWebhook: ({ url, events }, actor) => ({ actor, of: "name", subject: hostOf(url), detail: { events } }),
  changeWebhook: (id, { url, events }, actor) => {
    return { actor, of: "name", subject: id, detail: { ...(url !== undefined && { address: hostOf(url) }), events } };
  },
  rotateWebhookSecret: (id, actor) => ({ actor, of: "name", subject: id }),
  removeWebhook: (id, actor) => ({ actor, of: "name", subject: id }),
  setMail: ({ url, from, to, events, password }, actor) => {
    return { actor, detail: { server: hostOf(url), from, to, events, password: password ? "changed" : undefined } };
  },
  removeMail: (actor) => ({ actor }),
  testMail: (actor) => ({ actor }),
  testWebhook: (id, actor) => ({ actor, of: "name", subject: id }),
  setSecret: (name, _value, actor) => ({ actor, of: "name", subject: name }),
  removeSecret: (name, actor) => ({ actor, of: "name", subject: name }),
  rotateSecrets: (actor) => ({ actor }),
  setProviderKey: ({ provider, key, base_url, model }, actor) => {
    return { actor, of: "name", subject: provider, detail: { key: Boolean(key), address: hostIn(base_url), model } };
  },
  removeProviderKey: (provider, actor) => ({ actor, of: "name", subject: provider }),
  testProvider: ({ provider, base_url }, actor) => {
    return { actor, of: "name", subject: provider, detail: { address: hostIn(base_url) } };
  },
  setModel: (name, settings, actor) => ({ actor, of: "name", subject: name, detail: { ...settings } }),
  removeModel: (name, actor) => ({ actor, of: "name", subject: name }),
  acceptAudit: (actor) => ({ actor }),
  setRetention: (change, actor) => ({ actor, detail: change }),
  archiveTrees: (trees, actor) => {
    const [one, other] = trees;
    return other === undefined ? { actor, of: "unit", subject: one ?? "" } : { actor, detail: { trees } };
  },
  readArchive: (place, actor) => ({ actor, detail: { ...place } }),
  cleanNow: (limits, actor) => ({ actor, detail: limits }),
  pinTree: (id, actor) => ({ actor, of: "unit", subject: id }),
  unpinTree: (id, actor) => ({ actor, of: "unit", subject: id }),
  createBackup: (actor) => ({ actor }),
  setBackupSchedule: (change, actor) => ({ actor, detail: change }),
  openBackup: (name, actor) => ({ actor, of: "name", subject: name }),
  deleteBackup: (name, actor) => ({ actor, of: "name", subject: name }),
  // A file of servers may contain keys; the names are in the rows that the import creates.
  importServers: (_text, actor) => ({ actor }),
  testServer: (name, actor, options) => ({ actor, of: "name", subject: name, detail: options }),
  // A server's entry may contain keys.
  updateServer: (name, _entry, actor) => ({ actor, of: "name", subject: name }),
  saveApi: ({ name, url, base_url, operations, auth }, actor) => {
    const from = url === undefined ? "a file" : hostOf(url);
    return { actor, of: "name", subject: name, detail: { document: from, host: hostOf(base_url), operations, auth } };
  },
  saveOutsideAgent: ({ name, url, skills, calls_per_minute, auth }, actor) => {
    const host = url === undefined ? undefined : hostOf(url);
    return { actor, of: "name", subject: name, detail: { host, skills, calls_per_minute, auth } };
  },
  finishServerSignIn: (name, _answer, actor) => ({ actor, of: "name", subject: name }),
  importEntries: (entries, actor) => {
    return { actor, detail: { entries: entries.map(({ kind, body }) => `${kind} ${body.name}`) } };
  },
  importFiles: (kind, files, actor, options) => {
    return { actor, detail: { kind, files: files.map(({ file }) => file), ...options } };
  },
  saveEntry: (kind, fields, actor, options) => {
    const { name } = (fields ?? {}) as { name?: unknown };
    return { actor, subject: `${kind} ${typeof name === "string" ? name : ""}`.trim(), detail: { ...options } };
  },
  restoreVersion: (kind, name, version, actor, options) => {
    return { actor, subject: `${kind} ${name}`, detail: { version, ...options } };
  },
  removeEntry: (kind, name, actor) => ({ actor, subject: `${kind} ${name}` }),
  removeTool: (name, actor) => ({ actor, of: "name", subject: name }),
  setPolicy: (change, actor) => ({ actor, detail: change }),
  setLimits: (change, actor) => ({ actor, detail: { ...change } }),
  setSpendCaps: (change, actor) => ({ actor, detail: change }),
  addUser: ({ email, role }, actor) => ({ actor, of: "name", subject: email, detail: { role } }),
  setUserRole: (who, role, actor) => ({ actor, of: "name", subject: who, detail: { role } }),
  removeUser: (who, actor) => ({ actor, of: "name", subject: who }),
  createToken: ({ role, name, days, task }, actor) => ({ actor, detail: { role, name, days, task } }),
  createSignInLink: (actor) => ({ actor }),
  revokeToken: (id, actor) => ({ actor, of: "name", subject: id }),
};

/** Returns only the host of an address, because an address may contain a password. */
function hostIn(address: string | undefined): string | undefined {
  return address && URL.canParse(address) ? new URL(address).host : undefined;
}

type Method = (...args: unknown[]) => Promise<unknown>;

export function audited(commands: Commands, sources: AuditSources): Commands {
  return Object.fromEntries(
    Object.entries(TELL).map(([name, tell]) => [
      name,
      (...args: unknown[]) =>
        withRow(name, (tell as (...given: unknown[]) => Told)(...args), sources, () =>
          (commands[name as keyof Commands] as Method)(...args),
        ),
    ]),
  ) as unknown as Commands;
}

/** Appends a row for a refusal, for a door that checks permissions before it reads the request. */
export async function auditRefusal(
  actor: Actor,
  action: string,
  why: string,
  { append, report }: Pick<AuditSources, "append" | "report">,
): Promise<void> {
  const row = {
    actor: actor.name,
    action,
    subject: "",
    tree: "",
    detail: JSON.stringify({ outcome: "refused", sentence: why }),
  };
  await append([row]).catch((error: unknown) => report(`The audit has no row of ${action} by ${actor.name}.`, error));
}

async function withRow<T>(action: string, told: Told, sources: AuditSources, work: () => Promise<T>): Promise<T> {
  const { actor, of = "name", subject = "", detail = {} } = told;
  const found = subject === "" ? { subject, tree: "" } : sources.find(of, subject);
  const append = async (outcome: Record<string, unknown>, made: { subject: string; tree: string }) => {
    const words = JSON.stringify(briefly({ ...outcome, ...detail }, sources.redact));
    const row = { actor: actor.name, action, ...made, detail: words };
    await sources
      .append([{ ...row, subject: sources.redact(row.subject) }])
      .catch((error: unknown) => sources.report(`The audit has no row of ${action} by ${actor.name}.`, error));
  };
  let answer: T;
  try {
    answer = await work();
  } catch (error) {
    // Recognised by name, because Next.js loads more than one copy of the class.
    const isRefusal = error instanceof Error && error.name === "UserError";
    const sentence = error instanceof Error ? error.message : String(error);
    await append({ outcome: isRefusal ? "refused" : "failed", sentence }, found);
    throw error;
  }
  await append({ outcome: "done", ...madeBy(action, answer) }, subjectOf(action, answer, found));
  return answer;
}

/** Returns the row's subject: for a command that created something, the new thing. */
function subjectOf(action: string, answer: unknown, found: { subject: string; tree: string }) {
  const { id, rule, kind, name } = (answer ?? {}) as Partial<Record<"id" | "rule" | "kind" | "name", string>>;
  if (action === "saveEntry" && kind && name) return { subject: `${kind} ${name}`, tree: "" };
  if (action === "submitTree" && id) return { subject: id, tree: id };
  if (action === "addSchedule" && id) return { subject: id, tree: "" };
  if (action === "createBackup" && name) return { subject: name, tree: "" };
  if (action === "addRule" && rule) return { subject: rule, tree: "" };
  return found;
}

function madeBy(action: string, answer: unknown): Record<string, unknown> {
  const { id, decided } = (answer ?? {}) as { id?: string; decided?: string[] };
  return { ...(action === "fork" && id && { tree: id }), ...(decided?.length && { decided }) };
}

/** Returns a finder that resolves ids as the commands do. An unknown id stays as typed, shortened. */
export function createSubjectFinder(store: Pick<Store, "queries">, ids: Ids, now: () => number): AuditSources["find"] {
  const { trees, reviews } = store.queries;
  const look = {
    unit(id: string) {
      const { kind, uid } = ids.treeOrTask(id);
      return { subject: uid, tree: kind === "tree" ? uid : trees.findTask(uid).treeUid };
    },
    review(id: string) {
      const uid = ids.review(id);
      return { subject: uid, tree: reviews.get(uid, now())?.tree_id ?? "" };
    },
    rule: (id: string) => ({ subject: ids.rule(id), tree: "" }),
    name: (id: string) => ({ subject: id, tree: "" }),
  };
  return (of, id) => {
    try {
      return look[of](id);
    } catch {
      return { subject: id.slice(0, MOST_TEXT), tree: "" };
    }
  };
}
