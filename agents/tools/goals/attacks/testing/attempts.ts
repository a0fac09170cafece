/** Attempts at a goal: the files of its start, what somebody does there, and what the host's check says of it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { ToolContext } from "@/agents/tools/contract/tool";
import type { GoalCheck } from "@/agents/tools/goals/validated";
import type { Checked } from "@/core/goals/facts/checked";
import { giveToTools } from "@/lib/process/tools-identity";
import { createSandbox } from "@/lib/sandbox/sandbox";
import { testedSandbox } from "@/lib/sandbox/testing/tested";
import type { SnapshotStore } from "@/lib/snapshots/port";
import { createSnapshotStore } from "@/lib/snapshots/store";
import { NO_TERMINALS } from "@/lib/terminals/none";
import { NO_CHECKS } from "@/lib/workplace/checks";
import { localWorkplaces } from "@/lib/workplace/local/local";
import { cleanCopy } from "@/lib/workspace/clean-copy";
import { checkGoal } from "../../checks";

type Files = Readonly<Record<string, string>>;

export interface Kit {
  files: Files;
  /** The validation command. It must fail at the start. */
  command: string;
  /** What the work makes pass in its folder; absent: the validation command. */
  visible?: string;
  /** Runs in the folder before the goal starts. */
  begin?: string;
  goal?: Partial<GoalCheck>;
}

/** Files that are written, then a command that runs in the folder. */
export interface Work {
  write?: Files;
  run?: string;
  /** Absent: the kit of the table. */
  kit?: Kit;
}

interface Begun {
  folder: string;
  checked: Checked;
}

interface World {
  base: string;
  sandbox: ReturnType<typeof createSandbox>;
  snapshots: SnapshotStore;
  /** The starts of kits: a kit begins once. */
  begun: Map<Kit, Promise<Begun>>;
  signal: AbortSignal;
  /** Returns a name that was not there before. */
  next(): string;
}

/** Returns the ways to write tests of attempts. They share a sandbox, a store of snapshots and the starts of kits. */
export function attempts() {
  const base = mkdtempSync(join(tmpdir(), "banyan-attempts-"));
  const sandbox = createSandbox({ tested: testedSandbox });
  const snapshots = createSnapshotStore({ dir: join(base, "snapshots") });
  let number = 0;
  const next = () => {
    number += 1;
    return `attempt-${number}`;
  };
  const world: World = { base, sandbox, snapshots, begun: new Map(), signal: new AbortController().signal, next };
  afterAll(async () => {
    sandbox.close();
    await snapshots.close();
    rmSync(base, { recursive: true, force: true });
  });
  return {
    /** Each of them makes the command pass in the folder, and is not shown. */
    attacks(table: Kit, attacks: Readonly<Record<string, Work>>) {
      test.each(Object.entries(attacks))("an executor that %s does not reach the goal", async (_, work) => {
        const kit = work.kit ?? table;
        const { folder, checked } = await attempt(world, kit, work);
        await succeeds(world, folder, kit.visible ?? kit.command);
        expect(isShown(checked), said(checked)).toBe(false);
      });
    },
    /** Each of them is shown. */
    solutions(table: Kit, solutions: Readonly<Record<string, Work>>) {
      test.each(Object.entries(solutions))("an executor that %s reaches the goal", async (_, work) => {
        const { checked } = await attempt(world, work.kit ?? table, work);
        expect(isShown(checked), said(checked)).toBe(true);
      });
    },
  };
}

/** Returns the folder as the work left it, and what the check says of it. */
async function attempt(world: World, kit: Kit, { write = {}, run }: Work): Promise<Begun> {
  const { base, begun, signal, next } = world;
  const start = begun.get(kit) ?? begin(world, kit);
  begun.set(kit, start);
  const { folder: from, checked: before } = await start;
  const folder = join(base, next());
  await cleanCopy(from, folder, { hiddenPaths: [], maxBytes: 1e9, signal });
  for (const [path, text] of Object.entries(write)) put(folder, path, text);
  if (run !== undefined) await succeeds(world, folder, run);
  return { folder, checked: await check(world, folder, given(kit, before)) };
}

async function begin(world: World, kit: Kit): Promise<Begun> {
  const folder = join(world.base, world.next());
  mkdirSync(folder);
  giveToTools(folder);
  for (const [path, text] of Object.entries(kit.files)) put(folder, path, text);
  if (kit.begin !== undefined) await succeeds(world, folder, kit.begin);
  const checked = await check(world, folder, given(kit));
  expect(checked.checks[0]?.met, `It passes at the start: ${checked.checks[0]?.evidence}`).toBe(false);
  expect(checked.why, "A program that the test needs is missing.").not.toContain("command not found");
  return { folder, checked };
}

function check(world: World, workspace: string, goal: GoalCheck): Promise<Checked> {
  const { base, sandbox, snapshots, signal, next } = world;
  const task = next();
  const cacheDir = join(base, "cache");
  const context: ToolContext = {
    treeId: "tree",
    taskId: task,
    workplace: localWorkplaces({ sandbox, terminals: NO_TERMINALS, snapshots }).of({
      tree: "tree",
      task,
      owner: null,
      root: workspace,
      cacheDir,
      hiddenPaths: [],
    }),
    cacheDir,
    signal,
    timeoutMs: 120_000,
  };
  return checkGoal({ snapshots, checks: NO_CHECKS, workedMs: () => 0, now: () => Date.now() }, goal, context);
}

async function succeeds({ sandbox, signal }: World, workspace: string, command: string): Promise<void> {
  const ran = await sandbox.run({ command, workspace, hiddenPaths: [], timeoutMs: 120_000, signal });
  expect([ran.exitStatus, ran.exitStatus === 0 ? "" : ran.stdout + ran.stderr]).toEqual([0, ""]);
}

/** Returns what the check of a goal is given. `before`: the check at its start. */
function given(kit: Kit, before?: Checked): GoalCheck {
  const { command, goal = {} } = kit;
  const nothing = {
    setup_command: null,
    criteria: [],
    protect: [],
    may_change: [],
    hidden: [],
    validation_command: command,
  };
  if (!before) return { ...nothing, ...goal };
  const { start, tests, scope } = before;
  return { ...nothing, scope, ...goal, start, tests, failed_before: true, since: start };
}

function isShown({ valid, checks, doubts, put_back }: Checked): boolean {
  return valid !== false && checks.every(({ met }) => met) && doubts.length === 0 && put_back.length === 0;
}

function said({ checks, doubts, put_back }: Checked): string {
  return JSON.stringify({ checks, doubts, put_back }, null, 1);
}

function put(folder: string, path: string, text: string): void {
  const names = path.split("/");
  for (let depth = 1; depth < names.length; depth += 1) {
    const above = join(folder, ...names.slice(0, depth));
    if (mkdirSync(above, { recursive: true }) !== undefined) giveToTools(above);
  }
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text, { mode: text.startsWith("#!") ? 0o755 : 0o644 });
  giveToTools(file);
}
