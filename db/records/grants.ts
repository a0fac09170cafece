/** Moves grants between the rows of a tree, inside the log's transaction: reservations, shares of subtasks, remainders. */
import type { Amount } from "@/core/log/amounts";
import { loanFor, type Wish } from "@/core/rules/borrowing";
import type { AddedAmounts, GrantState } from "@/core/rules/grants";
import type { Sqlite } from "@/db/file/client";
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

export type Grants = ReturnType<typeof createGrants>;

type Statements = ReturnType<typeof grantStatements>;

export function createGrants(sqlite: Sqlite) {
  const run = grantStatements(sqlite);
  return {
    read: (taskId: number) => read(run, taskId),
    /** Adds a record's spend to the tree, and covers an overrun of its reservation from the tree's reserve. */
    settle: (record: TaskRecord) => settle(run, record),
    /** Reserves an amount if the grant covers it after the shares of the record's subtasks; else returns null. */
    reserve: (task: TaskRecord["task"], wanted: TaskRecord["reserve"]) => reserve(run, task, wanted),
    /** Widens the grants from the task up to below the root. The root pays from the part that it never lends. */
    absorb: (taskId: number, amount: Money) => absorb(run, taskId, amount),
    /** Adds to the grants of a task and all its ancestors, so that each grant still covers its subtasks'. */
    extend: (taskId: number, amount: AddedAmounts) => extend(run, taskId, amount),
    /** Takes a subtask's share out of its parent's grant. Throws when the grant does not cover it, so that nothing is written. */
    carve: (parentId: number, child: NewTask) => carve(run, parentId, child),
    /** Moves what the nearest resting task above can lend to a task. Returns null, and moves nothing, when none has enough. */
    lend: (taskId: number, wish: Wish) => lend(run, taskId, wish),
    /** Returns the unused part of an ended task's grant to its parent. */
    returnRemainder: (taskId: number, parentId: number | null) => returnRemainder(run, taskId, parentId),
    /** Takes the unused part back for a retried task, as far as its parent still has it; the task's grant shrinks by the rest. */
    takeRemainder: (taskId: number, parentId: number | null) => takeRemainder(run, taskId, parentId),
  };
}

type Money = Omit<Amount, "tasks">;

function read(run: Statements, taskId: number): GrantState {
  return grantOf(run.grant.get(taskId) as GrantRow);
}

function settle(run: Statements, { task, spend, overrun }: TaskRecord): void {
  if (spend.tokensIn > 0 || spend.tokensOut > 0 || spend.microUsd > 0) run.addToTree.run({ id: task.treeId, ...spend });
  if (overrun) absorb(run, task.id, overrun);
}

function reserve(run: Statements, task: TaskRecord["task"], wanted: TaskRecord["reserve"]): GrantState | null {
  if (!wanted || wanted.tokens === 0) return null;
  const row = run.reserve.get({ id: task.id, ...wanted }) as GrantRow | undefined;
  return row ? grantOf(row) : null;
}

function absorb(run: Statements, taskId: number, amount: Money): void {
  for (let id: number | undefined = taskId; id !== undefined; ) {
    const widened = run.widen.get({ id, ...amount }) as
      | { parentId: number; capsTokens: number; capsMicroUsd: number }
      | undefined;
    id = widened?.parentId;
    if (!widened) continue;
    // A task without a cap takes nothing from its parent's grant.
    const tokens = widened.capsTokens ? -amount.tokens : 0;
    const microUsd = widened.capsMicroUsd ? -amount.microUsd : 0;
    run.takeBack.get({ id: widened.parentId, tokens, microUsd, tasks: 0 });
  }
}

function extend(run: Statements, taskId: number, amount: AddedAmounts): void {
  for (let id: number | null = taskId; id !== null; ) {
    const row = run.extend.get({ id, ...amount }) as {
      parentId: number | null;
      capsTokens: number;
      capsMicroUsd: number;
      isEnded: number;
    };
    id = row.parentId;
    // An ended task has returned the unused part of its grant; a retry takes it from its parent again.
    if (id === null || row.isEnded) continue;
    const tokens = row.capsTokens ? -amount.tokens : 0;
    const microUsd = row.capsMicroUsd ? -amount.microUsd : 0;
    run.takeBack.get({ id, tokens, microUsd, tasks: 0 });
  }
}

function carve(run: Statements, parentId: number, child: NewTask): void {
  const { tokens, microUsd, tasks } = child.assignment.grant;
  const share = { tokens: tokens ?? 0, microUsd: microUsd ?? 0, tasks: tasks ?? 0 };
  if (run.give.run({ id: parentId, ...share }).changes === 0) {
    throw new Error(`The grant of ${child.uid} exceeds what its parent has left.`);
  }
}

/** A loan, with the public id of the task that lent it. */
export type Loan = Amount & { from: string };

type PathRow = GrantRow & { id: number; uid: string; parentId: number | null; isEnded: number; isWorking: number };

function lend(run: Statements, taskId: number, wish: Wish): Loan | null {
  const [borrower, ...above] = run.path.all(taskId) as PathRow[];
  if (!borrower || borrower.isEnded) return null;
  const between: PathRow[] = [];
  for (const lender of above) {
    // An ended task has returned what it had left.
    if (lender.isEnded) return null;
    // What a working task decides now counts on what it had left when it began, so only a resting task lends.
    const loan = lender.isWorking ? null : loanFor(grantOf(lender), lender.parentId === null, wish);
    if (!loan) {
      between.unshift(lender);
      continue;
    }
    if (run.give.run({ id: lender.id, ...loan }).changes === 0) return null;
    for (const { id } of between) {
      widenBy(run, id, loan);
      if (run.give.run({ id, ...loan }).changes === 0)
        throw new Error("A loan did not reach the task that asked for it.");
    }
    widenBy(run, taskId, loan);
    return { from: lender.uid, ...loan };
  }
  return null;
}

function widenBy(run: Statements, id: number, { tokens, microUsd, tasks }: Amount): void {
  run.narrow.run({ id, tokens: -tokens, microUsd: -microUsd, tasks: -tasks });
}

function returnRemainder(run: Statements, taskId: number, parentId: number | null): void {
  if (parentId !== null) giveBack(run, parentId, remainderOf(read(run, taskId)));
}

function takeRemainder(run: Statements, taskId: number, parentId: number | null): void {
  if (parentId === null) return;
  const wanted = remainderOf(read(run, taskId));
  const { cap, spent, reserved, given } = read(run, parentId);
  const covered = (of: keyof Amount) => {
    const most = cap[of];
    const held = of === "tasks" ? 0 : reserved[of];
    return most === null ? wanted[of] : Math.min(wanted[of], Math.max(0, most - spent[of] - held - given[of]));
  };
  const taken = { tokens: covered("tokens"), microUsd: covered("microUsd"), tasks: covered("tasks") };
  giveBack(run, parentId, { tokens: -taken.tokens, microUsd: -taken.microUsd, tasks: -taken.tasks });
  const lacks = (of: keyof Amount) => wanted[of] - taken[of];
  run.narrow.run({ id: taskId, tokens: lacks("tokens"), microUsd: lacks("microUsd"), tasks: lacks("tasks") });
}

/** Returns what an ended task has not used; 0 for amounts without a cap. */
function remainderOf({ cap, spent, given }: GrantState): Amount {
  const rest = (of: keyof Amount) => {
    const most = cap[of];
    return most === null ? 0 : Math.max(0, most - spent[of] - given[of]);
  };
  return { tokens: rest("tokens"), microUsd: rest("microUsd"), tasks: rest("tasks") };
}

/** Returns an amount to the parent. An ended parent passes it on to its own parent, and so on. */
function giveBack(run: Statements, parentId: number | null, amount: Amount): void {
  for (let id = parentId; id !== null; ) {
    const row = run.takeBack.get({ id, ...amount }) as
      | { parentId: number | null; endedAtMs: number | null }
      | undefined;
    id = row && row.endedAtMs !== null ? row.parentId : null;
  }
}
