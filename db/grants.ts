/** Moves grants between the rows of a tree, inside the log's transaction: promises, shares of subtasks, remainders. */
import type { Amount, GrantState } from "@/agents/core/grants";
import type { Sqlite } from "./client";
import type { NewTask, TaskRecord } from "./records";
import { grantStatements } from "./statements";

export interface GrantRow {
  capTokens: number | null;
  capMicroUsd: number | null;
  capTasks: number | null;
  capDepth: number | null;
  capSeconds: number | null;
  spentTokens: number;
  spentMicroUsd: number;
  reservedTokens: number;
  reservedMicroUsd: number;
  givenTokens: number;
  givenMicroUsd: number;
  givenTasks: number;
}

export function grantOf(row: GrantRow): GrantState {
  const { capTokens: tokens, capMicroUsd: microUsd, capTasks: tasks, capDepth: depth, capSeconds: seconds } = row;
  return {
    cap: { tokens, microUsd, tasks, depth, seconds },
    spent: { tokens: row.spentTokens, microUsd: row.spentMicroUsd, tasks: 1 },
    reserved: { tokens: row.reservedTokens, microUsd: row.reservedMicroUsd },
    given: { tokens: row.givenTokens, microUsd: row.givenMicroUsd, tasks: row.givenTasks },
  };
}

export function createGrants(sqlite: Sqlite) {
  const run = grantStatements(sqlite);

  /** What an ended task has not used; 0 where it had no cap. */
  function remainderOf({ cap, spent, given }: GrantState): Amount {
    const rest = (of: keyof Amount) => {
      const most = cap[of];
      return most === null ? 0 : Math.max(0, most - spent[of] - given[of]);
    };
    return { tokens: rest("tokens"), microUsd: rest("microUsd"), tasks: rest("tasks") };
  }

  /** Up from `parentId` through ancestors that have ended themselves: what comes back to them comes back from them. */
  function giveBack(parentId: number | null, amount: Amount): void {
    for (let id = parentId; id !== null; ) {
      const row = run.takeBack.get({ id, ...amount }) as
        | { parentId: number | null; endedAtMs: number | null }
        | undefined;
      id = row && row.endedAtMs !== null ? row.parentId : null;
    }
  }

  return {
    read: (taskId: number): GrantState => grantOf(run.grant.get(taskId) as GrantRow),
    /** What was spent is counted for the tree; what was spent beyond the promise is covered from the tree's reserve. */
    settle({ task, spend, overrun }: TaskRecord): void {
      if (spend.tokensIn > 0 || spend.tokensOut > 0 || spend.microUsd > 0)
        run.addToTree.run({ id: task.treeId, ...spend });
      if (overrun) this.absorb(task.id, overrun);
    },
    /** The next promise is made, if the grant covers it after the shares of the record's subtasks; null when it was not. */
    reserve({ task, reserve }: TaskRecord): GrantState | null {
      if (!reserve || reserve.tokens === 0) return null;
      const row = run.reserve.get({ id: task.id, ...reserve }) as GrantRow | undefined;
      return row ? grantOf(row) : null;
    },
    /** Grants from the task up to below the root are widened; the root pays from what it never lends. */
    absorb(taskId: number, amount: { tokens: number; microUsd: number }): void {
      for (let id: number | undefined = taskId; id !== undefined; ) {
        const widened = run.widen.get({ id, ...amount }) as
          | { parentId: number; capsTokens: number; capsMicroUsd: number }
          | undefined;
        id = widened?.parentId;
        if (!widened) continue;
        // A task without a cap holds nothing of its parent's grant.
        const tokens = widened.capsTokens ? -amount.tokens : 0;
        const microUsd = widened.capsMicroUsd ? -amount.microUsd : 0;
        run.takeBack.get({ id: widened.parentId, tokens, microUsd, tasks: 0 });
      }
    },
    /** A person adds to a grant: the task's, and those above it up to the root, so that all stays covered. */
    extend(taskId: number, amount: { tokens: number; microUsd: number }): void {
      for (let id: number | null = taskId; id !== null; ) {
        const row = run.extend.get({ id, ...amount }) as {
          parentId: number | null;
          capsTokens: number;
          capsMicroUsd: number;
          isEnded: number;
        };
        id = row.parentId;
        // What has ended holds what it used, not its grant: a retry takes the rest from its parent again.
        if (id === null || row.isEnded) continue;
        const tokens = row.capsTokens ? -amount.tokens : 0;
        const microUsd = row.capsMicroUsd ? -amount.microUsd : 0;
        run.takeBack.get({ id, tokens, microUsd, tasks: 0 });
      }
    },
    /** Throws when the parent's grant does not cover the share: the carving is wrong then, and nothing is written. */
    carve(parentId: number, child: NewTask): void {
      const { tokens, microUsd, tasks } = child.assignment.grant;
      const share = { tokens: tokens ?? 0, microUsd: microUsd ?? 0, tasks: tasks ?? 0 };
      if (run.give.run({ id: parentId, ...share }).changes === 0) {
        throw new Error(`The grant of ${child.uid} is more than its parent has left.`);
      }
    },
    /** More tokens for a subtask out of what its parent has left. False when one of the two has no cap, or too little is left. */
    lend(parentId: number, taskId: number, tokens: number): boolean {
      if (this.read(parentId).cap.tokens === null || this.read(taskId).cap.tokens === null || tokens <= 0) return false;
      const share = { tokens, microUsd: 0, tasks: 0 };
      if (run.give.run({ id: parentId, ...share }).changes === 0) return false;
      run.narrow.run({ id: taskId, tokens: -tokens, microUsd: 0, tasks: 0 });
      return true;
    },
    /** The remainder of a task that has ended goes back to its parent. */
    returnRemainder(taskId: number, parentId: number | null): void {
      if (parentId !== null) giveBack(parentId, remainderOf(this.read(taskId)));
    },
    /** A retried task takes its remainder again, as far as its parent still has it; what it lacks its own grant loses. */
    takeRemainder(taskId: number, parentId: number | null): void {
      if (parentId === null) return;
      const wanted = remainderOf(this.read(taskId));
      const { cap, spent, reserved, given } = this.read(parentId);
      const covered = (of: keyof Amount) => {
        const most = cap[of];
        const held = of === "tasks" ? 0 : reserved[of];
        return most === null ? wanted[of] : Math.min(wanted[of], Math.max(0, most - spent[of] - held - given[of]));
      };
      const taken = { tokens: covered("tokens"), microUsd: covered("microUsd"), tasks: covered("tasks") };
      giveBack(parentId, { tokens: -taken.tokens, microUsd: -taken.microUsd, tasks: -taken.tasks });
      const lacks = (of: keyof Amount) => wanted[of] - taken[of];
      run.narrow.run({ id: taskId, tokens: lacks("tokens"), microUsd: lacks("microUsd"), tasks: lacks("tasks") });
    },
  };
}
