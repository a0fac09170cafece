/**
 * Appends a row to the audit for every command of a person that is not an operation yet. It wraps the guard, so that
 * refusals leave rows too: `audited(guarded(app, actor).commands, …)`.
 */

import type { Commands } from "@/agents/application";
import { type AuditSources, type Told, withRow } from "@/agents/operations/audit";
import type { Found } from "@/agents/operations/operation";

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
  restoreBefore: (id, actor) => ({ actor, of: "review", subject: id }),
  answer: (id, text, actor) => ({ actor, of: "review", subject: id, detail: { characters: text.length } }),
  deleteTree: (id, actor) => ({ actor, of: "unit", subject: id }),
  markSeen: (id, actor) => ({ actor, of: "unit", subject: id }),
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
        withRow(
          name,
          (tell as (...given: unknown[]) => Told)(...args),
          sources,
          () => (commands[name as keyof Commands] as Method)(...args),
          (answer) => madeBy(name, answer),
        ),
    ]),
  ) as unknown as Commands;
}

/** Returns what a command created, which its row is about. */
function madeBy(action: string, answer: unknown): Found | undefined {
  const { id, name } = (answer ?? {}) as Partial<Record<"id" | "name", string>>;
  if (action === "submitTree" && id) return { subject: id, tree: id };
  if (action === "createBackup" && name) return { subject: name, tree: "" };
  return undefined;
}
