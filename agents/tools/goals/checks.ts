/** The check of a goal by the host: commands in a clean room, and what they show of the goal. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import pLimit from "p-limit";
import type { ToolContext } from "@/agents/tools/contract/tool";
import { viewOf } from "@/agents/tools/files/workspace-tool";
import type { Checked } from "@/core/goals/checked";
import { type Check, cut } from "@/core/goals/record";
import { signatureOf } from "@/core/goals/signature";
import type { GoalCriterion } from "@/core/log/goal";
import { plural } from "@/core/words/figures";
import { chosenOf } from "@/lib/apply/chosen";
import type { ChangedPath, SnapshotStore } from "@/lib/snapshots/port";
import { cleanCopy, removeCopy } from "@/lib/workspace/clean-copy";
import { WorkspaceError } from "@/lib/workspace/path";
import { breakTests } from "./canary";
import { MAX_COPY_BYTES, makeRoom, type RoomOptions, type Side, sideOf } from "./clean-room";
import { bothEndsOf, failureOf, lastOf, type Ran, run, shows } from "./commands";
import { doubtsAbout } from "./doubts";

export interface GoalCheck {
  validation_command: string | null;
  setup_command: string | null;
  criteria: GoalCriterion[];
  protect: string[];
  may_change: string[];
  start?: string | undefined;
  /** Tests that were reported at the start. */
  tests?: number | null | undefined;
  failed_before?: boolean | undefined;
  since?: string | undefined;
}

export interface GoalSources {
  snapshots: Pick<SnapshotStore, "take" | "changes" | "files" | "copy" | "contents" | "find" | "diff" | "apply">;
  /** Returns what the tasks of a branch spent, by agent. */
  spentIn(taskUid: string): { agent: string; tokens: number; microUsd: number }[];
  createdAtMs(taskUid: string): number;
  now(): number;
}

const EVIDENCE_CHARS = 300;
const WHY_CHARS = 1_500;

/** Checks the goal. Throws a WorkspaceError when it cannot be checked, and the signal's reason. */
export async function checkGoal(sources: GoalSources, given: GoalCheck, context: ToolContext): Promise<Checked> {
  const status = await context.sandbox.status();
  if (!status.available && commandsOf(given).length > 0)
    throw new WorkspaceError(`The commands of the goal cannot run: ${status.reason}`);
  const { snapshots } = sources;
  const commit = await snapshotNow(sources, given, context);
  const start = given.start ?? commit;
  const changes = await snapshots.changes(start, commit);
  const whole = await chosenOf(snapshots, commit, await snapshots.changes(null, commit));
  const kept = new Set(whole.changes.map(({ path }) => path));
  // A file that was deleted counts, whatever would be ignored of new files.
  const isChosen = ({ path, after }: ChangedPath) => after === null || kept.has(path);
  const from = given.since ?? start;
  const since = (from === start ? changes : await snapshots.changes(from, commit)).filter(isChosen);
  const sideOptions = { commands: commandsOf(given), protect: given.protect, mayChange: given.may_change };
  const side = await sideOf(snapshots, { start, now: commit, changes }, sideOptions);
  const rooms = roomsOf(sources, { given, start, side, context });
  const found = await runChecks(given, side, rooms, context).catch((error: unknown) => {
    if (error instanceof SetupFailed) return withoutSetup(given, error.ran);
    throw error;
  });
  const doubts = [
    ...found.doubts,
    // Also of files that git ignores: the commands read them, and the work writes the rules.
    ...(await doubtsAbout(snapshots, { start, now: commit, changes })),
  ];
  return {
    ...{ start, commit, files: nameOf(whole.changes), at_ms: sources.now() },
    began_ms: sources.createdAtMs(context.taskId),
    ...{ checks: found.checks, valid: found.valid, tests: found.tests, signature: found.signature, why: found.why },
    changed: since.length,
    changes: await largestChanges(sources, from, commit, since),
    put_back: [...side.changed, ...side.manifests],
    passes_as_changed: found.passesAsChanged,
    doubts,
    spent: spentOf(sources, context.taskId),
  };
}

function commandsOf({ validation_command, criteria }: GoalCheck): string[] {
  return [validation_command, ...criteria.map(({ command }) => command)].flatMap((command) => command ?? []);
}

async function snapshotNow({ snapshots, now }: GoalSources, given: GoalCheck, context: ToolContext): Promise<string> {
  const { root, hiddenPaths } = viewOf(context);
  const taken = await snapshots.take({
    tree: context.treeId,
    folder: root,
    label: `goal-${context.taskId}-${now()}`,
    previous: given.since ?? given.start ?? null,
    hiddenPaths,
    signal: context.signal,
  });
  return taken.commit;
}

/** Returns a name that equal contents share. */
function nameOf(files: readonly ChangedPath[]): string {
  const hash = createHash("sha256");
  for (const { path, after } of [...files].sort((a, b) => (a.path < b.path ? -1 : 1)))
    hash.update(`${path}\0${after?.mode}\0${after?.oid}\n`);
  return hash.digest("hex").slice(0, 20);
}

async function largestChanges(
  { snapshots }: GoalSources,
  from: string,
  to: string,
  changes: readonly ChangedPath[],
): Promise<string> {
  if (changes.length === 0) return "";
  const { lines } = await snapshots.diff(from, to, { maxBytes: 1_000_000 });
  const weight = (path: string) => (lines.get(path)?.added ?? 0) + (lines.get(path)?.removed ?? 0);
  const largest = [...changes].sort((a, b) => weight(b.path) - weight(a.path)).slice(0, 3);
  const told = largest.map(
    ({ path }) => `${cut(path, 100)} +${lines.get(path)?.added ?? 0} −${lines.get(path)?.removed ?? 0}`,
  );
  const more = changes.length - largest.length;
  return [...told, ...(more > 0 ? [`and ${plural(more, "file")} more`] : [])].join("\n");
}

function spentOf({ spentIn }: GoalSources, taskUid: string): Checked["spent"] {
  const all = spentIn(taskUid);
  const tokens = all.reduce((sum, one) => sum + one.tokens, 0);
  const own = all.filter(({ agent }) => MACHINERY.has(agent)).reduce((sum, one) => sum + one.tokens, 0);
  const microUsd = all.reduce((sum, one) => sum + one.microUsd, 0);
  return { tokens, cost_usd: microUsd / 1e6, overhead: tokens > 0 ? Math.round((own / tokens) * 1_000) / 1_000 : 0 };
}

const MACHINERY: ReadonlySet<string> = new Set(["goal_planner", "goal_strategist", "task_evaluator", "researcher"]);

type How = RoomOptions["how"];
interface Rooms {
  /** Runs `work` in a fresh room. */
  in<Result>(how: How, work: (folder: string) => Promise<Result>): Promise<Result>;
}

function roomsOf(
  { snapshots }: GoalSources,
  { given, start, side, context }: { given: GoalCheck; start: string; side: Side; context: ToolContext },
): Rooms {
  const folder = join(context.cacheDir, `goal-${context.taskId}`);
  const withoutPackages = side.installs && given.setup_command !== null;
  return {
    async in(how, work) {
      try {
        await makeRoom(snapshots, folder, {
          view: viewOf(context),
          start,
          side,
          how,
          withoutPackages,
          signal: context.signal,
        });
        if (withoutPackages && given.setup_command !== null) {
          const ran = await run(context, folder, given.setup_command, true);
          if (ran.exitStatus !== 0) throw new SetupFailed(ran);
        }
        return await work(folder);
      } finally {
        removeCopy(folder);
      }
    },
  };
}

/** The packages could not be installed: a result like a failing test, which the next round can mend. */
class SetupFailed extends Error {
  override name = "SetupFailed";
  constructor(readonly ran: Ran) {
    super("The setup command failed.");
  }
}

function withoutSetup({ validation_command: command, setup_command, criteria }: GoalCheck, ran: Ran): FoundChecks {
  const failed = { share: 0, met: false, evidence: cut(`The setup failed. ${evidenceOf(ran)}`, EVIDENCE_CHARS) };
  const weight = criteria.reduce((sum, one) => sum + one.weight, 0) || 1;
  return {
    checks: [
      ...(command === null ? [] : [{ command, weight, ...failed }]),
      ...criteria.map(({ statement, command: own, weight: weighs }) => ({
        ...{ statement, weight: weighs, ...failed },
        ...(own !== undefined && { command: own }),
      })),
    ],
    valid: command === null ? null : false,
    tests: null,
    signature: signatureOf([], ran.output),
    why: `\`${setup_command}\` failed in the clean copy:\n${bothEndsOf(ran.output, WHY_CHARS)}`,
    doubts: [],
    passesAsChanged: false,
  };
}

interface FoundChecks extends Pick<Checked, "checks" | "valid" | "tests" | "signature" | "why" | "doubts"> {
  passesAsChanged: boolean;
}

async function runChecks(given: GoalCheck, side: Side, rooms: Rooms, context: ToolContext): Promise<FoundChecks> {
  const { validation_command: command, criteria } = given;
  const { ran, shown } = await rooms.in("put_back", async (folder) => {
    const [validated, ...criteriaRan] = await sideBySide([command, ...criteria.map((one) => one.command ?? null)], {
      folder,
      context,
    });
    return { ran: validated ?? null, shown: criteriaRan };
  });
  const validation = command === null || ran === null ? null : await validated(given, side, rooms, context, ran);
  const weight = criteria.reduce((sum, one) => sum + one.weight, 0) || 1;
  const checks: Check[] = [
    ...(validation && command !== null
      ? [{ command, weight, share: validation.share, met: validation.met, evidence: validation.evidence }]
      : []),
    ...criteria.map((one, at) => checkOf(one, shown[at] ?? null)),
  ];
  const failing = [
    validation?.failing,
    ...shown.map((one, at) => (one && !checks[at + (validation ? 1 : 0)]?.met ? one : null)),
  ];
  const first = failing.find((one) => one) ?? null;
  return {
    checks,
    valid: validation?.met ?? null,
    tests: ran?.counts ? ran.counts.passed + ran.counts.failed : null,
    signature: first && signatureOf(first.counts?.failing ?? [], first.output),
    why: first ? failureOf(first, WHY_CHARS) : validation?.evidence && !validation.met ? validation.evidence : "",
    doubts: [...(validation?.doubts ?? []), ...(await unnoticedCriteria(given, shown, rooms, context))],
    passesAsChanged: validation?.passesAsChanged ?? false,
  };
}

/** Each of them is a copy of the workspace. */
const MOST_AT_ONCE = 3;

/** Runs the commands side by side. Each has a copy of the room, so that none sees or spoils what another writes. */
async function sideBySide(
  commands: readonly (string | null)[],
  { folder, context }: { folder: string; context: ToolContext },
): Promise<(Ran | null)[]> {
  const isOnly = commands.filter((command) => command !== null).length < 2;
  const slots = pLimit(MOST_AT_ONCE);
  const inCopy = async (command: string, copy: string) => {
    try {
      await cleanCopy(folder, copy, { hiddenPaths: [], maxBytes: MAX_COPY_BYTES, signal: context.signal });
      return await run(context, copy, command);
    } finally {
      removeCopy(copy);
    }
  };
  return Promise.all(
    commands.map((command, at) => {
      if (command === null) return null;
      return isOnly ? run(context, folder, command) : slots(() => inCopy(command, `${folder}-${at}`));
    }),
  );
}

function checkOf(one: GoalCriterion, ran: Ran | null): Check {
  const { statement, command, weight } = one;
  if (ran === null || command === undefined)
    return { statement, weight, share: 0, met: false, evidence: "Not judged yet." };
  const met = shows(one, ran);
  return { statement, command, weight, share: met ? 1 : 0, met, evidence: evidenceOf(ran) };
}

function evidenceOf({ exitStatus, output, counts }: Ran): string {
  const ended = exitStatus === null ? "ended by the host" : `exit status ${exitStatus}`;
  const tests = counts ? `, ${counts.passed} of ${counts.passed + counts.failed} tests passed` : "";
  const end = lastOf(output, 160).replace(/\s+/g, " ");
  return cut(`${ended}${tests}${end === "" ? ", no output" : `: ${end}`}`, EVIDENCE_CHARS);
}

interface Validation {
  met: boolean;
  share: number;
  evidence: string;
  doubts: string[];
  passesAsChanged: boolean;
  /** The run that failed. */
  failing: Ran | null;
}

/** Looks closer at a run of the validation command: a pass counts only when nothing else explains it. */
async function validated(
  given: GoalCheck,
  side: Side,
  rooms: Rooms,
  context: ToolContext,
  ran: Ran,
): Promise<Validation> {
  const command = given.validation_command ?? "";
  const plain = { doubts: [] as string[], passesAsChanged: false, failing: null };
  const share = shareOf(ran, given.tests ?? null);
  const evidence = evidenceOf(ran);
  const again = (how: How) => rooms.in(how, (folder) => run(context, folder, command));
  if (ran.exitStatus !== 0) {
    const isOther = side.changed.length + side.manifests.length > 0;
    const passesAsChanged = isOther && (await again("as_changed")).exitStatus === 0;
    const doubts = passesAsChanged ? [changedDoubt(side)] : [];
    return { ...plain, met: false, share: Math.min(share, PARTLY), evidence, doubts, passesAsChanged, failing: ran };
  }
  const missing = missingTests(ran, given.tests ?? null);
  if (missing !== null) return { ...plain, met: false, share: Math.min(share, PARTLY), evidence: missing };
  if (given.failed_before) {
    const second = await again("put_back");
    if (second.exitStatus !== 0)
      return {
        ...plain,
        met: false,
        share: 0,
        evidence: `It passed once and failed once on the same files. ${evidenceOf(second)}`,
        failing: second,
      };
  }
  if (side.hadTests && side.added.length > 0) {
    const strict = await again("strict");
    if (strict.exitStatus !== 0) {
      const text = `It passes only with the tests that are new since the start (${cut(side.added.join(", "), 120)}). ${evidenceOf(strict)}`;
      return {
        ...plain,
        met: false,
        share: Math.min(shareOf(strict, given.tests ?? null), PARTLY),
        evidence: text,
        failing: strict,
      };
    }
  }
  const doubts =
    given.failed_before && !(await noticesFailure(command, passes, rooms, context))
      ? [unnoticed("The validation command")]
      : [];
  return { ...plain, met: true, share: 1, evidence, doubts };
}

/** The most that a validation command counts which did not pass. */
const PARTLY = 0.99;
const unnoticed = (what: string) =>
  `${what} also passes with a test that must fail: the code may end the run early, or the tests do not run.`;
const passes = ({ exitStatus }: Ran) => exitStatus === 0;

/** Returns the part of the tests that passed. Tests that no longer run count as failed. */
function shareOf({ exitStatus, counts }: Ran, tests: number | null): number {
  if (!counts) return exitStatus === 0 ? 1 : 0;
  const all = Math.max(counts.passed + counts.failed, tests ?? 0);
  return all === 0 ? 0 : counts.passed / all;
}

function missingTests({ counts }: Ran, tests: number | null): string | null {
  if (tests === null || tests === 0) return null;
  const now = counts ? counts.passed + counts.failed : 0;
  return now >= tests ? null : `It exited with 0, but only ${now} of the ${tests} tests of the start were reported.`;
}

function changedDoubt({ changed, manifests }: Side): string {
  return `The validation command passes only with tests, or settings of tests, that were changed: ${cut([...changed, ...manifests].join(", "), 300)}.`;
}

/** Whether the command fails when the tests are broken. True where no test of a known kind is there to be broken. */
async function noticesFailure(
  command: string,
  holds: (ran: Ran) => boolean,
  rooms: Rooms,
  context: ToolContext,
): Promise<boolean> {
  return rooms.in("put_back", async (folder) => {
    const broken = await breakTests(folder, command);
    return broken.length === 0 || !holds(await run(context, folder, command));
  });
}

/** Returns a doubt for each criterion that holds by tests, and would also hold if they had to fail. */
async function unnoticedCriteria(
  { criteria, since }: GoalCheck,
  shown: readonly (Ran | null)[],
  rooms: Rooms,
  context: ToolContext,
): Promise<string[]> {
  // At the start nobody has worked on it.
  if (since === undefined) return [];
  const doubts: string[] = [];
  for (const [at, one] of criteria.entries()) {
    const ran = shown[at];
    // A command that tells of no tests is not about them.
    if (!ran?.counts || one.command === undefined || !shows(one, ran)) continue;
    if (!(await noticesFailure(one.command, (broken) => shows(one, broken), rooms, context)))
      doubts.push(unnoticed(`\`${cut(one.command, 120)}\``));
  }
  return doubts;
}
