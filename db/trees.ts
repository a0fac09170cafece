/** What a person does to trees: submit, pause, resume, stop, retry, grant, answer, decide, delete. Each is one transaction. */
import type { Assignment, Entry, GrantAmounts, HeldWhat, Setup } from "@/agents/core/entries";
import type { LetterBody } from "@/agents/core/facts";
import type { GrantState } from "@/agents/core/grants";
import { rowOf } from "@/agents/core/row";
import type { TaskStatus } from "@/agents/core/shapes";
import { initialState } from "@/agents/core/state";
import { type EncodedEntry, encodeForStorage } from "./bodies";
import type { Sqlite } from "./client";
import { createGrants } from "./grants";
import type { Log, WriteContext } from "./log";
import { createMail } from "./mail";
import { createMessageWriter } from "./messages";
import { createRetries } from "./retries";
import { treeStatements } from "./tree-statements";

export interface NewTree {
  uid: string;
  rootUid: string;
  title: string;
  workspace: string;
  inPlace: boolean;
  /** The host's own, which lists leave out. */
  isSystem?: boolean;
  /** Its folder begins with content from outside. */
  isTainted?: boolean;
  priority: number;
  createdBy: string;
  caps: GrantAmounts;
  setup: Setup;
  assignment: Assignment;
  /** Entries after the first two: how agent, model or runbook were chosen. */
  events: Entry[];
}

export interface FoundTask {
  id: number;
  uid: string;
  treeId: number;
  treeUid: string;
  status: TaskStatus;
  title: string;
  agent: string;
  model: string;
  parentId: number | null;
  holds: number;
}

export interface Trees {
  /** Not ok when an open tree works in that folder, above it or below it; `lockedBy` is its title. */
  insert(tree: NewTree): Promise<{ ok: true } | { ok: false; lockedBy: string }>;
  /** False when the task is gone or has ended. */
  send(taskUid: string, letter: LetterBody): Promise<boolean>;
  /** Opens a pause record over the task, and with scope `branch` over everything below it. */
  pause(task: FoundTask, by: string, scope: "task" | "branch"): Promise<"paused" | "already">;
  /** Tells the parked tasks of the branch to try now; how many there were. */
  unpark(task: FoundTask, by: string): Promise<number>;
  /** Closes the pause records of this task, and says of which kind they were; one that waited for its step goes on by itself. */
  resume(task: FoundTask, by: string): Promise<("task" | "branch" | "step")[]>;
  /** Another agent or model, which the task takes over with its next turn, and another place in the queue, at once and with its branch. */
  change(task: FoundTask, letter: LetterBody & { kind: "change" }): Promise<boolean>;
  /** One turn more for a task that manual stepping has paused; false when it is not. */
  step(task: FoundTask, by: string): Promise<boolean>;
  /** One turn more for a task under manual stepping that is not paused for it yet. */
  allowTurn(task: FoundTask): Promise<void>;
  /** The number of the attempt that begins; `read`: its parent has its result already. */
  retry(task: FoundTask, by: string): Promise<number | "read" | "not_ended">;
  isMoneyCapped(taskId: number): boolean;
  /** As it stands now, with what is spent, promised and given of it. */
  grantOf(task: FoundTask): Promise<GrantState>;
  /** Adds to the grants from this task up to the root, and tells the task. */
  grant(task: FoundTask, amount: { tokens: number; microUsd: number }, letter: LetterBody): Promise<void>;
  /** Deletes everything that belongs to the tree; refused (false) while a task of it is running. */
  delete(treeId: number): Promise<boolean>;
}

export function createTrees(sqlite: Sqlite, log: Log): Trees {
  const run = treeStatements(sqlite);
  const messages = createMessageWriter(sqlite);
  const mail = createMail(sqlite);
  const retries = createRetries(sqlite);
  const grants = createGrants(sqlite);

  function insertRoot(tree: NewTree, treeId: number, context: WriteContext, encoded: EncodedEntry[]) {
    const state = initialState(tree.setup, tree.assignment);
    const { setup, assignment } = tree;
    const taskId = run.insertRoot.get({
      uid: tree.rootUid,
      tree: treeId,
      agent: setup.agent,
      model: setup.model,
      title: tree.title,
      priority: tree.priority,
      length: encoded.length,
      headline: rowOf(state).headline,
      now: context.nowMs,
      ...assignment.grant,
    }) as number;
    for (const entry of encoded) messages.insert({ id: taskId, treeId }, entry, context.nowMs);
    run.setRoot.run(taskId, treeId);
  }

  /** Who did it and when stands in the log once the task goes on; the pause record says it until then. */
  function tellHeld(task: FoundTask, what: HeldWhat, by: string, nowMs: number): void {
    mail.send(task.uid, { kind: "held", what, by, atMs: nowMs }, nowMs);
  }

  function closePauses(task: FoundTask, by: string, kind: "any" | "step", context: WriteContext) {
    const closed = run.closePauses.all({ by, kind, now: context.nowMs, task: task.id }) as (
      | "task"
      | "branch"
      | "step"
    )[];
    for (const scope of closed) {
      const changed = (scope === "branch" ? run.freeBranch : run.freeTask).all({ task: task.id }) as string[];
      for (const uid of changed) context.touch({ id: task.treeId, uid: task.treeUid }, uid);
    }
    return closed;
  }

  return {
    async insert(tree) {
      const first: Entry[] = [
        { kind: "system", turn: 0, content: tree.setup },
        { kind: "instruction", turn: 0, content: tree.assignment },
        ...tree.events,
      ];
      const encoded = await encodeForStorage(first);
      return log.write((context) => {
        if (tree.inPlace) {
          const locked = run.lockedFolder.get({ folder: tree.workspace }) as string | undefined;
          if (locked !== undefined) return { ok: false as const, lockedBy: locked };
        }
        const treeId = run.insertTree.get({
          ...tree,
          ...tree.caps,
          inPlace: tree.inPlace ? 1 : 0,
          isSystem: tree.isSystem ? 1 : 0,
          isTainted: tree.isTainted ? 1 : 0,
          now: context.nowMs,
        }) as number;
        insertRoot(tree, treeId, context, encoded);
        context.touch({ id: treeId, uid: tree.uid }, tree.rootUid);
        return { ok: true as const };
      });
    },
    send: (taskUid, letter) =>
      log.write((context) => {
        const sent = mail.send(taskUid, letter, context.nowMs);
        if (sent) touchTask(context, taskUid);
        return sent;
      }),
    pause: (task, by, scope) =>
      log.write((context) => {
        if (run.openPause.get({ task: task.id, scope })) return "already" as const;
        run.insertPause.run(task.treeId, task.id, scope, by, context.nowMs);
        const changed = (scope === "branch" ? run.holdBranch : run.holdTask).all({ task: task.id }) as string[];
        for (const uid of changed) context.touch({ id: task.treeId, uid: task.treeUid }, uid);
        tellHeld(task, scope === "branch" ? "paused" : "paused_alone", by, context.nowMs);
        return "paused" as const;
      }),
    resume: (task, by) =>
      log.write((context) => {
        const closed = closePauses(task, by, "any", context);
        // In the same transaction: a worker may claim the task with this very commit, and would pause it for its next step.
        if (closed.length > 0) tellHeld(task, "resumed", by, context.nowMs);
        if (closed.includes("step")) mail.send(task.uid, { kind: "stepping", mode: "automatic", by }, context.nowMs);
        return closed;
      }),
    unpark: (task, by) =>
      log.write((context) => {
        const parked = run.parkedBelow.all({ task: task.id }) as string[];
        for (const uid of parked) {
          mail.send(uid, { kind: "unpark", by }, context.nowMs);
          context.touch({ id: task.treeId, uid: task.treeUid }, uid);
        }
        return parked.length;
      }),
    change: (task, letter) =>
      log.write((context) => {
        const { priority } = letter;
        if (!mail.send(task.uid, letter, context.nowMs)) return false;
        if (priority !== undefined) {
          for (const uid of run.setPriority.all({ task: task.id, priority }) as string[])
            context.touch({ id: task.treeId, uid: task.treeUid }, uid);
          if (task.parentId === null) run.setTreePriority.run(priority, task.treeId);
        }
        context.touch({ id: task.treeId, uid: task.treeUid }, task.uid);
        return true;
      }),
    step: (task, by) =>
      log.write((context) => {
        const isStep = closePauses(task, by, "step", context).length > 0;
        if (isStep) {
          run.allowTurn.run(task.id);
          tellHeld(task, "stepped", by, context.nowMs);
        }
        return isStep;
      }),
    allowTurn: (task) => log.write(() => void run.allowTurn.run(task.id)),
    retry: (task, by) => log.write((context) => retries.retry(task, by, context)),
    isMoneyCapped: (taskId) => grants.read(taskId).cap.microUsd !== null,
    grantOf: async (task) => grants.read(task.id),
    grant: (task, amount, letter) =>
      log.write((context) => {
        grants.extend(task.id, amount);
        run.extendTree.run({ id: task.treeId, ...amount });
        mail.send(task.uid, letter, context.nowMs);
        context.touch({ id: task.treeId, uid: task.treeUid }, task.uid);
      }),
    delete: (treeId) =>
      log.write(() => {
        if (run.runningOfTree.get(treeId)) return false;
        run.dropBlobUses.run({ tree: treeId });
        run.dropProposals.run(treeId);
        run.deleteIndex.run(treeId);
        run.deleteTree.run(treeId);
        run.dropBlobs.run();
        return true;
      }),
  };

  function touchTask(context: WriteContext, taskUid: string): void {
    const tree = run.treeOfTask.get(taskUid) as { id: number; uid: string } | undefined;
    if (tree) context.touch(tree, taskUid);
  }
}
