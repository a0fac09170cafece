/**
 * Appends a row to the audit for every command of a person that is not an operation yet. It wraps the guard, so that
 * refusals leave rows too: `audited(guarded(app, actor).commands, …)`.
 */

import type { Commands } from "@/agents/application";
import { type AuditSources, type Told, withRow } from "@/agents/operations/audit";
import type { Found } from "@/agents/operations/operation";

/** What each command's row says. A command without an entry does not compile. */
const TELL: { [Name in keyof Commands]: (...args: Parameters<Commands[Name]>) => Told } = {
  submitTree: ({ task, agent, runbook, model, workspace, copy, repository, rights, grant }, actor, options = {}) => {
    const { schedule } = options;
    return { actor, detail: { schedule, task, agent, runbook, model, workspace, copy, repository, rights, grant } };
  },
  pause: (id, actor, options) => ({ actor, of: "unit", subject: id, detail: options }),
  resume: (id, actor) => ({ actor, of: "unit", subject: id }),
  shutDown: (actor) => ({ actor }),
  step: (id, actor, { agent, model, message } = {}) => ({
    actor,
    of: "unit",
    subject: id,
    detail: { agent, model, ...(message !== undefined && { characters: message.length }) },
  }),
  stop: (id, reason, actor) => ({ actor, of: "unit", subject: id, detail: { reason } }),
  retry: (id, actor, { more, message, agent, model } = {}) => ({
    actor,
    of: "unit",
    subject: id,
    detail: { ...more, agent, model, ...(message !== undefined && { characters: message.length }) },
  }),
  continueTask: (id, words, actor, { more, agent, model } = {}) => ({
    actor,
    of: "unit",
    subject: id,
    detail: { ...more, agent, model, characters: words.length },
  }),
  // The text itself is in the task's log.
  changeGoal: (id, fields, actor) => ({ actor, of: "unit", subject: id, detail: { fields: Object.keys(fields) } }),
  steer: (id, text, actor) => ({ actor, of: "unit", subject: id, detail: { characters: text.length } }),
  change: (id, to, actor, { alike } = {}) => ({
    actor,
    of: "unit",
    subject: id,
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
};

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
  const { id } = (answer ?? {}) as { id?: string };
  return action === "submitTree" && id ? { subject: id, tree: id } : undefined;
}
