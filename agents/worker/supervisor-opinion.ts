/** Reads the supervisor agent's opinion on a case and carries it out, within what a person could do. */
import { z } from "zod";
import { UserError } from "@/agents/application";
import { changeOf } from "@/agents/commands/change";
import { fold } from "@/core/evolve";
import { idOf } from "@/core/ids";
import { SUPERVISOR } from "@/core/log/actors";
import { NO_CAPS } from "@/core/log/amounts";
import type { Setup } from "@/core/log/entries";
import { isEnded } from "@/core/log/terms";
import { jsonIn } from "@/core/programs/json";
import { withinGrantOf } from "@/core/rules/agent-grant";
import { NOTHING, type Wish, wishFor } from "@/core/rules/borrowing";
import type { Intervention } from "@/core/shapes/shapes";
import type { FoundTask } from "@/db/records/found-task";
import type { OpenCase } from "@/db/reviews/interventions";
import type { Store } from "@/db/store";
import type { ConsultSources } from "./supervisor-question";

const opinion = z.object({
  action: z.enum(["none", "nudge", "extend", "restart", "replace", "stop", "flag"]),
  message: z.string().nullish(),
  agent: z.string().nullish(),
  model: z.string().nullish(),
  /** What of the evidence decided it, quoted. */
  sign: z.string().nullish(),
});

export type Opinion = z.output<typeof opinion>;

type Sources = Pick<ConsultSources, "configuration" | "priceOf" | "refusalOf">;

/** The share by which an extension raises a cap. */
const EXTENSION = 0.25;

/** Returns the opinion, or null while the tree has not ended. An unreadable opinion becomes a flag for a person. */
export function opinionOf(store: Store, treeUid: string): Opinion | null {
  const unreadable = (why: string): Opinion => ({ action: "flag", message: why });
  if (store.queries.trees.treesLike(treeUid).length === 0) return unreadable("The supervisor's tree was deleted.");
  const root = store.queries.trees.findTask(store.queries.trees.rootOf(treeUid));
  if (!isEnded(root.status)) return null;
  if (root.status !== "succeeded")
    return unreadable(`The supervisor agent ended as ${root.status} without an opinion.`);
  const { result } = store.queries.trees.getTask(root.uid, 0);
  const { data } = opinion.safeParse(jsonIn(result ?? ""));
  return data ?? unreadable("The supervisor agent gave no readable opinion.");
}

/** Carries out the opinion and closes the case. Does nothing for a task that has ended in the meantime. */
export async function carryOut(
  sources: Sources,
  store: Store,
  task: FoundTask,
  openCase: OpenCase,
  said: Opinion,
): Promise<void> {
  const action = isEnded(task.status) ? "none" : said.action;
  const done = await act(sources, store, task, openCase, { ...said, action });
  await store.interventions.close(openCase.id, done, said.message ?? "");
}

/**
 * Returns what an extension asks the tasks above for, within what the task itself could borrow; null: nothing. The
 * supervisor reads the task's own words, so it may lend no more than the task may ask for.
 */
async function extensionOf({ configuration }: Sources, store: Store, task: FoundTask): Promise<Wish | null> {
  const { assignment, setup, borrowed } = fold(store.loader.entries(task.id, store.loader.lengthOf(task.id)));
  const { cap } = await store.trees.grantOf(task);
  const more = { ...NOTHING, tokens: Math.ceil((cap.tokens ?? 0) * EXTENSION) };
  if (assignment.fixedShares || more.tokens === 0) return null;
  const ceiling = withinGrantOf(NO_CAPS, configuration.agentBody(setup.agent, setup.pinned));
  return wishFor({ share: assignment.grant, borrowed, ceiling }, { least: more, usual: more });
}

async function act(
  sources: Sources,
  store: Store,
  task: FoundTask,
  openCase: OpenCase,
  { action, message, agent, model, sign }: Opinion,
): Promise<Intervention["action"]> {
  const { trees } = store;
  const words = message?.trim() || openCase.evidence;
  switch (action) {
    case "none":
      return "none";
    case "nudge":
      await trees.send(task.uid, { kind: "steer", text: words, by: SUPERVISOR });
      return "nudge";
    case "extend": {
      // From the rest of the parent's grant: only a person may raise the tree's grant.
      const wish = await extensionOf(sources, store, task);
      const more = wish !== null && (await store.loans.lend(task, wish, SUPERVISOR));
      // As after a person's grant, the agent is told again when the grant runs low.
      await trees.send(task.uid, { kind: more ? "granted" : "steer", text: words, by: SUPERVISOR });
      return more ? "extend" : "nudge";
    }
    case "restart":
      await trees.send(task.uid, { kind: "restart", text: `Start again. ${words}`, by: SUPERVISOR });
      return "restart";
    case "replace": {
      const to = replacementOf(sources, store, task, agent ?? undefined, model ?? undefined);
      if ("why" in to)
        return flag(
          store,
          task,
          openCase,
          `${words}\nThe supervisor wanted to replace the agent or model, but cannot: ${to.why}`,
        );
      await trees.send(task.uid, {
        kind: "change",
        by: SUPERVISOR,
        setup: to.setup,
        text: `The supervisor replaced the agent or model of this task. ${words}`,
      });
      await trees.send(task.uid, { kind: "restart", text: `Start again. ${words}`, by: SUPERVISOR });
      return "replace";
    }
    case "stop":
      await trees.send(task.uid, {
        kind: "stop",
        status: "stopped",
        reason: "by_supervisor",
        detail: sign?.trim() ? `${words} (${sign.trim()})` : words,
      });
      return "stop";
    case "flag":
      return flag(store, task, openCase, words, sign);
  }
}

/** Returns the setup with another agent or model, as a person could choose it, or why that is not possible. */
function replacementOf(
  sources: Sources,
  store: Store,
  task: FoundTask,
  agent: string | undefined,
  model: string | undefined,
): { setup: Partial<Setup> } | { why: string } {
  try {
    const { setup } = changeOf({ ...sources, store }, task, { agent, model });
    const refusal = setup.model === undefined || setup.model === task.model ? null : sources.refusalOf(setup.model);
    return refusal === null ? { setup } : { why: refusal };
  } catch (error) {
    if (error instanceof UserError) return { why: error.message };
    throw error;
  }
}

async function flag(
  store: Store,
  task: FoundTask,
  openCase: OpenCase,
  words: string,
  sign?: string | null,
): Promise<"flag"> {
  await store.supervision.flag(task.uid, {
    uid: idOf(task.uid, { turn: openCase.id, id: openCase.rule }, "flag"),
    title: `“${task.title}” makes no progress`.slice(0, 200),
    detail: words,
    evidence: sign?.trim() ? `${sign.trim()}\n\n${openCase.evidence}` : openCase.evidence,
  });
  return "flag";
}
