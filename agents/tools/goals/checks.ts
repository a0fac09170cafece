/** Checks a goal: runs commands in a clean room, and decides which criteria they show. */
import { createHash } from "node:crypto";
import pLimit from "p-limit";
import type { ToolContext } from "@/agents/tools/contract/tool";
import { workplaceOf } from "@/agents/tools/files/workspace-tool";
import type { Checked } from "@/core/goals/facts/checked";
import { type Check, cut } from "@/core/goals/facts/record";
import { signatureOf } from "@/core/goals/facts/signature";
import type { GoalCriterion } from "@/core/log/goal";
import { plural } from "@/core/words/figures";
import { chosenOf } from "@/lib/apply/chosen";
import { type Differences, differencesOf, type Snapshots, scopeAtStart } from "@/lib/clean-room/differences";
import { hiddenIn, hidesAny } from "@/lib/clean-room/hidden";
import { entryOf, isListed, parseHostAndPort } from "@/lib/net/host-list";
import type { ChangedPath, SnapshotStore } from "@/lib/snapshots/port";
import { type CheckWorkplace, removeRoom, type WorkplaceChecks } from "@/lib/workplace/checks";
import type { Room } from "@/lib/workplace/port";
import { WorkspaceError } from "@/lib/workspace/path";
import { cannotRun, leftOut } from "./before-rounds";
import { bothEndsOf, evidenceOf, failureOf, limitsOf, liveOf, type Ran, run, shows } from "./commands";
import { doubtsAbout } from "./doubts";
import { type Rooms, type RoomsOf, roomsOf, SetupFailed } from "./rooms";
import { toldOf } from "./sealed";
import type { GoalCheck } from "./validated";
import { criteriaDoubts, passes, validated } from "./validated";

export interface GoalSources {
  checks: Pick<WorkplaceChecks, "run">;
  snapshots: Snapshots & Pick<SnapshotStore, "diff">;
  /**
   * Returns how long the tree of a task has worked since a time, or since the task began: without questions to people and
   * pauses.
   */
  workedMs(taskUid: string, sinceMs: number | null, nowMs: number): number;
  now(): number;
}

const EVIDENCE_CHARS = 300;
const WHY_CHARS = 1_500;

/** Checks the goal. Throws a WorkspaceError when it cannot be checked, and the signal's reason. */
export async function checkGoal(sources: GoalSources, given: GoalCheck, context: ToolContext): Promise<Checked> {
  const { snapshots } = sources;
  const commit = await snapshotNow(sources, given, context);
  const start = given.start ?? commit;
  const changes = await snapshots.changes(start, commit);
  const whole = await chosenOf(snapshots, commit, await snapshots.changes(null, commit));
  const kept = new Set(whole.changes.map(({ path }) => path));
  // A deleted file counts, even if a new file of that name would be ignored.
  const isChosen = ({ path, after }: ChangedPath) => after === null || kept.has(path);
  const from = given.since ?? start;
  const since = (from === start ? changes : await snapshots.changes(from, commit)).filter(isChosen);
  const differences = await differencesOf(
    snapshots,
    { start, now: commit, changes },
    {
      scope: given.scope ?? null,
      widened: given.may_change,
      // A person who widens the scope does not mean the hidden tests.
      protect: [...given.protect, ...(given.hidden ?? [])],
      commands: commandsOf(given),
    },
  );
  const hiding = { globs: given.hidden ?? [], share: given.hidden_share ?? 0 };
  const hidden = hidesAny(hiding)
    ? hiddenIn(
        (await snapshots.files(start)).map(({ path }) => path),
        hiding,
      )
    : [];
  const { treeId: tree, taskId: task, signal } = context;
  const onWait = (sentence: string) => {
    context.onProgress?.(sentence);
    context.onActivity?.();
  };
  const request = { tree, task, own: workplaceOf(context), now: commit, signal, onWait };
  const delivered = given.delivered ? changes : null;
  const rooms = { setupCommand: given.setup_command, start, now: commit, delivered };
  const found = await sources.checks.run(request, (at) =>
    foundAt(at, { ...rooms, differences, hidden, context }, given),
  );
  const doubts = [
    ...(differences.putBack.length > 0 ? [putBackDoubt(differences)] : []),
    ...found.doubts,
    ...(await doubtsAbout(snapshots, {
      start,
      now: commit,
      changes: differences.taken,
      commands: commandsOf(given),
      fixed: differences.fixed,
    })),
  ];
  const now = sources.now();
  return {
    start,
    commit,
    files: nameOf(whole.changes),
    at_ms: now,
    worked_ms: sources.workedMs(context.taskId, given.since_ms ?? null, now),
    checks: found.checks,
    valid: found.valid,
    tests: found.tests,
    signature: found.signature,
    why: found.why,
    ...(found.refused && { hosts_refused: found.refused }),
    ...(given.since === undefined &&
      !given.delivered &&
      (await beforeRounds(sources, given, found, { start, differences, context }))),
    changed: since.length,
    changes: await largestChanges(sources, from, commit, since),
    scope: differences.scope,
    put_back: differences.putBack,
    passes_as_changed: found.passesAsChanged,
    doubts,
    ...(found.runner !== null && { runner: found.runner }),
  };
}

/** Runs the commands of the goal there. Throws a WorkspaceError when they cannot run. */
async function foundAt(
  at: CheckWorkplace,
  of: Omit<RoomsOf, "room">,
  given: GoalCheck,
): Promise<FoundChecks & Pick<CheckWorkplace, "runner">> {
  const { context, differences } = of;
  const { runner } = at;
  const status = await at.commands.status();
  if (!status.available && commandsOf(given).length > 0)
    throw new WorkspaceError(`The commands of the goal cannot run: ${status.reason}`);
  if (runner !== null) context.onProgress?.(`Checks on the runner ${runner}`);
  try {
    const rooms = roomsOf({ ...of, room: at.room(`goal-${context.taskId}`) });
    return { ...(await runChecks(given, differences, rooms, context)), runner };
  } catch (error) {
    if (!(error instanceof SetupFailed)) throw error;
    return { ...withoutSetup(given, error.ran), refused: hostsRefused(error.ran, context), runner };
  }
}

/** Returns what a person has to decide before the first round. */
async function beforeRounds(
  { snapshots }: GoalSources,
  given: GoalCheck,
  { ran, runner }: Pick<FoundChecks, "ran"> & Pick<CheckWorkplace, "runner">,
  { start, differences, context }: { start: string; differences: Differences; context: ToolContext },
): Promise<Pick<Checked, "cannot_run" | "left_out">> {
  const rules = { protect: [...given.protect, ...(given.hidden ?? [])], commands: commandsOf(given) };
  const at = await scopeAtStart(snapshots, start, { ...rules, scope: differences.scope });
  const { root, isElsewhere } = workplaceOf(context).folder;
  const folder = runner === null && !isElsewhere ? root : null;
  const cannot = await cannotRun(ran, { ...at, folder });
  const left = given.scope ? null : leftOut(at);
  return { ...(cannot.length > 0 && { cannot_run: cannot }), ...(left && { left_out: left }) };
}

function commandsOf({ validation_command, criteria }: GoalCheck): string[] {
  return [validation_command, ...criteria.map(({ command }) => command)].flatMap((command) => command ?? []);
}

async function snapshotNow({ now }: GoalSources, given: GoalCheck, context: ToolContext): Promise<string> {
  const { snapshots } = workplaceOf(context);
  const request = { label: `goal-${context.taskId}-${now()}`, previous: given.since ?? given.start ?? null };
  const taken = given.delivered
    ? await snapshots.takeCommit(request, limitsOf(context), liveOf(context))
    : await snapshots.take(request, context.signal);
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

function withoutSetup({ validation_command: command, setup_command, criteria }: GoalCheck, ran: Ran): FoundChecks {
  const failed = { share: 0, met: false, evidence: cut(`The setup failed. ${evidenceOf(ran)}`, EVIDENCE_CHARS) };
  const weight = criteria.reduce((sum, criterion) => sum + criterion.weight, 0) || 1;
  return {
    checks: [
      ...(command === null ? [] : [{ command, weight, ...failed }]),
      ...criteria.map(({ statement, command: own, weight: weighs }) => ({
        statement,
        weight: weighs,
        ...failed,
        ...(own !== undefined && { command: own }),
      })),
    ],
    valid: command === null ? null : false,
    tests: null,
    signature: signatureOf([], ran.output),
    why: `\`${setup_command}\` failed in the clean copy:\n${bothEndsOf(ran.output, WHY_CHARS)}`,
    doubts: [],
    passesAsChanged: false,
    ran: [],
  };
}

/** Hosts that are listed are refused for their private address. */
function hostsRefused({ refused }: Ran, { network }: ToolContext): NonNullable<FoundChecks["refused"]> {
  const targets = refused.flatMap((given) => parseHostAndPort(given) ?? []);
  return targets.map((target) => ({
    host: entryOf(target),
    why: isListed(network?.hosts ?? [], target) ? "private" : "not_allowed",
  }));
}

interface FoundChecks extends Pick<Checked, "checks" | "valid" | "tests" | "signature" | "why" | "doubts"> {
  passesAsChanged: boolean;
  /** The first run of each command; none where the setup failed. */
  ran: { command: string; ran: Ran | null }[];
  /** Hosts that the setup was refused; absent when it did not fail. */
  refused?: NonNullable<Checked["hosts_refused"]>;
}

async function runChecks(
  given: GoalCheck,
  differences: Differences,
  rooms: Rooms,
  context: ToolContext,
): Promise<FoundChecks> {
  const { validation_command: command, criteria } = given;
  const all = await rooms.in({ how: "with_new_tests" }, async (room) => {
    const [validated, ...criteriaRan] = await sideBySide(
      [command, ...criteria.map((criterion) => criterion.command ?? null)],
      {
        room,
        context,
      },
    );
    return { ran: validated ?? null, shown: criteriaRan };
  });
  const { ran, shown } = await toldOfAll(given, all, rooms, context);
  const validation =
    command === null || ran === null ? null : await validated({ given, differences, rooms, context }, ran);
  const weight = criteria.reduce((sum, criterion) => sum + criterion.weight, 0) || 1;
  const checks: Check[] = [
    ...(validation && command !== null
      ? [{ command, weight, share: validation.share, met: validation.met, evidence: validation.evidence }]
      : []),
    ...criteria.map((criterion, at) => checkOf(criterion, shown[at] ?? null)),
  ];
  const failing = [
    validation?.failing,
    ...shown.map((ran, at) => (ran && !checks[at + (validation ? 1 : 0)]?.met ? ran : null)),
  ];
  const first = failing.find((ran) => ran) ?? null;
  return {
    checks,
    valid: validation?.met ?? null,
    tests: testsIn(ran),
    signature: first && signatureOf(first.counts?.failing ?? [], first.told),
    why: first ? failureOf(first, WHY_CHARS) : validation?.evidence && !validation.met ? validation.evidence : "",
    doubts: [...(validation?.doubts ?? []), ...(await criteriaDoubts(given, shown, rooms, context))],
    passesAsChanged: validation?.passesAsChanged ?? false,
    ran: [
      ...(command === null ? [] : [{ command, ran }]),
      ...criteria.flatMap((criterion, at) =>
        criterion.command === undefined ? [] : [{ command: criterion.command, ran: shown[at] ?? null }],
      ),
    ],
  };
}

/** Returns how many tests later checks must report too; null where nobody knows. */
function testsIn(ran: Ran | null): number | null {
  return ran?.counts && !ran.counts.onlyWhenRed ? ran.counts.passed + ran.counts.failed : null;
}

interface AllRan {
  ran: Ran | null;
  shown: (Ran | null)[];
}

/** Returns the runs with the text that agents may read about each, when they do not see all tests. */
async function toldOfAll(
  { validation_command, criteria }: GoalCheck,
  { ran, shown }: AllRan,
  rooms: Rooms,
  context: ToolContext,
): Promise<AllRan> {
  const told: (Ran | null)[] = [];
  for (const [at, criterion] of criteria.entries()) {
    const its = shown[at] ?? null;
    const of = its &&
      criterion.command !== undefined && {
        command: criterion.command,
        ran: its,
        holds: (by: Ran) => shows(criterion, by),
      };
    told.push(of ? await toldOf(of, rooms, context) : its);
  }
  const of = ran && validation_command !== null && { command: validation_command, ran, holds: passes };
  return { ran: of ? await toldOf(of, rooms, context) : ran, shown: told };
}

/** Each of them is a copy of the workspace. */
const MOST_AT_ONCE = 3;

/**
 * Runs the commands side by side. Each has a copy of the room, so that no command sees or spoils what another writes.
 */
async function sideBySide(
  commands: readonly (string | null)[],
  { room, context }: { room: Room; context: ToolContext },
): Promise<(Ran | null)[]> {
  const isOnly = commands.filter((command) => command !== null).length < 2;
  const slots = pLimit(MOST_AT_ONCE);
  const inCopy = async (command: string, name: string) => {
    const copy = await room.copy(name, context.signal);
    try {
      return await run(context, copy, command);
    } finally {
      await removeRoom(copy, context.signal);
    }
  };
  return Promise.all(
    commands.map((command, at) => {
      if (command === null) return null;
      return isOnly ? run(context, room, command) : slots(() => inCopy(command, `goal-${context.taskId}-${at}`));
    }),
  );
}

function checkOf(criterion: GoalCriterion, ran: Ran | null): Check {
  const { statement, command, weight } = criterion;
  if (ran === null || command === undefined)
    return { statement, weight, share: 0, met: false, evidence: "Not judged yet." };
  const met = shows(criterion, ran);
  return { statement, command, weight, share: met ? 1 : 0, met, evidence: evidenceOf(ran) };
}

/** Most paths that are named. */
const MOST_TOLD = 20;

function putBackDoubt({ putBack, scope }: Differences): string {
  const more = putBack.length > MOST_TOLD ? ` and ${plural(putBack.length - MOST_TOLD, "other")}` : "";
  const told = putBack.slice(0, MOST_TOLD).join(", ");
  return `Outside the scope (${cut(scope.join(", "), 200)}) the work changed ${told}${more}. For the check they were as at the start: undo the changes, or widen the scope.`;
}
