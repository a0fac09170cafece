/**
 * Every command of a person leaves a row in the audit: who, what, on what, and what became of it, refusals included. Put it
 * around what refuses, so that those are seen too: `audited(guarded(app, actor).commands, …)`. The row is appended after the
 * command, in the order in which they end; a process that is killed in between leaves the command's own record only.
 */

import type { Actor, Commands } from "@/agents/application";
import type { Ids } from "@/agents/queries/queries";
import type { AuditEntry } from "@/db/audit/audit";
import type { Store } from "@/db/store";

export interface AuditSources {
  append(rows: readonly AuditEntry[]): Promise<void>;
  /** The whole id behind what was typed, and the tree that it belongs to; asked before the command is carried out. */
  find(of: Of, id: string): { subject: string; tree: string };
  redact(text: string): string;
  /** The command was carried out: that its row is missing is told to whoever runs the server. */
  report(message: string, error?: unknown): void;
}

/** What an id names. */
type Of = "unit" | "review" | "rule" | "name";

interface Told {
  actor: Actor;
  of?: Of;
  subject?: string;
  /** Its texts are cut, and secrets taken out of them. */
  detail?: Record<string, unknown>;
}

const MOST_TEXT = 200;
/** Enough that no key is cut before it is looked for. */
const MOST_LOOKED_AT = 4_000;

/** The first line of each text, without secrets. */
function briefly(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === "string") return redact(value.slice(0, MOST_LOOKED_AT)).split("\n", 1)[0]?.slice(0, MOST_TEXT);
  if (Array.isArray(value)) return value.map((one) => briefly(one, redact));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, briefly(one, redact)]));
}

/** A command without an entry does not compile. */
const TELL: { [Name in keyof Commands]: (...args: Parameters<Commands[Name]>) => Told } = {
  submitTree: ({ task, agent, runbook, model, workspace, repository, rights, grant }, actor) => {
    return { actor, detail: { task, agent, runbook, model, workspace, repository, rights, grant } };
  },
  pause: (id, actor, options) => ({ actor, of: "unit", subject: id, detail: options }),
  resume: (id, actor) => ({ actor, of: "unit", subject: id }),
  pauseEverything: (reason, actor) => ({ actor, detail: { reason } }),
  resumeEverything: (actor) => ({ actor }),
  shutDown: (actor) => ({ actor }),
  step: (id, actor, { agent, model, message } = {}) => ({
    actor,
    of: "unit",
    subject: id,
    detail: { agent, model, ...(message !== undefined && { characters: message.length }) },
  }),
  stop: (id, reason, actor) => ({ actor, of: "unit", subject: id, detail: { reason } }),
  retry: (id, actor, { more, message } = {}) => ({
    ...{ actor, of: "unit", subject: id },
    detail: { ...more, ...(message !== undefined && { characters: message.length }) },
  }),
  // What it says stands in the task's log.
  steer: (id, text, actor) => ({ actor, of: "unit", subject: id, detail: { characters: text.length } }),
  change: (id, to, actor) => ({ actor, of: "unit", subject: id, detail: to }),
  fork: (id, { at, agent, model }, actor) => ({ actor, of: "unit", subject: id, detail: { at, agent, model } }),
  grant: (id, more, actor) => ({ actor, of: "unit", subject: id, detail: more }),
  decide: (id, decision, reason, actor, { alike, edited } = {}) => {
    const detail = { decision, reason, alike, edited: edited && Object.keys(edited) };
    return { actor, of: "review", subject: id, detail };
  },
  approveChanged: (id, input, reason, actor) => ({ actor, of: "review", subject: id, detail: { input, reason } }),
  // What they say stands in the item's own rows.
  comment: (id, text, actor) => ({ actor, of: "review", subject: id, detail: { characters: text.length } }),
  askTask: (id, text, actor) => ({ actor, of: "review", subject: id, detail: { characters: text.length } }),
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
  acceptAudit: (actor) => ({ actor }),
  createBackup: (actor) => ({ actor }),
  openBackup: (name, actor) => ({ actor, of: "name", subject: name }),
  deleteBackup: (name, actor) => ({ actor, of: "name", subject: name }),
  // A file of servers may hold keys: its names are in what it makes.
  importServers: (_text, actor) => ({ actor }),
  testServer: (name, actor, options) => ({ actor, of: "name", subject: name, detail: options }),
  // An entry of a server may hold keys.
  updateServer: (name, _entry, actor) => ({ actor, of: "name", subject: name }),
  finishServerSignIn: (name, _code, _state, actor) => ({ actor, of: "name", subject: name }),
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
  setSpendCaps: (change, actor) => ({ actor, detail: change }),
  addUser: ({ email, role }, actor) => ({ actor, of: "name", subject: email, detail: { role } }),
  setUserRole: (who, role, actor) => ({ actor, of: "name", subject: who, detail: { role } }),
  removeUser: (who, actor) => ({ actor, of: "name", subject: who }),
  createToken: ({ role, name, days, task }, actor) => ({ actor, detail: { role, name, days, task } }),
  revokeToken: (id, actor) => ({ actor, of: "name", subject: id }),
};

/** Of an address, which may hold a password where it should not. */
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

/** For a door that asks what somebody may before it looks at what they sent. */
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
    // Told by its name: there is more than one copy of the class where Next.js runs.
    const isRefusal = error instanceof Error && error.name === "UserError";
    const sentence = error instanceof Error ? error.message : String(error);
    await append({ outcome: isRefusal ? "refused" : "failed", sentence }, found);
    throw error;
  }
  await append({ outcome: "done", ...madeBy(action, answer) }, subjectOf(action, answer, found));
  return answer;
}

/** What a command made is what it was about. */
function subjectOf(action: string, answer: unknown, found: { subject: string; tree: string }) {
  const { id, rule, kind, name } = (answer ?? {}) as Partial<Record<"id" | "rule" | "kind" | "name", string>>;
  if (action === "saveEntry" && kind && name) return { subject: `${kind} ${name}`, tree: "" };
  if (action === "submitTree" && id) return { subject: id, tree: id };
  if (action === "createBackup" && name) return { subject: name, tree: "" };
  if (action === "addRule" && rule) return { subject: rule, tree: "" };
  return found;
}

function madeBy(action: string, answer: unknown): Record<string, unknown> {
  const { id, decided } = (answer ?? {}) as { id?: string; decided?: string[] };
  return { ...(action === "fork" && id && { tree: id }), ...(decided?.length && { decided }) };
}

/** Looks an id up as the commands do; what names nothing stays as it was typed, shortened. */
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
