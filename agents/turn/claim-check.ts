/** Checks an ending task's claims: the host runs their commands in the sandbox, in a clean copy of the workspace. */
import type { Claim, ClaimMark } from "@/core/log/terms";
import { markOf, unshown } from "@/core/rules/claims";
import { unnoticed } from "@/lib/clean-room/canary";
import { textAt } from "@/lib/clean-room/contents";
import { type Differences, differencesOf } from "@/lib/clean-room/differences";
import { runsTests } from "@/lib/clean-room/runs-tests";
import { countTests } from "@/lib/test-reports/counts";
import { isTestFile, namedIn } from "@/lib/test-reports/test-side";
import { removeRoom } from "@/lib/workplace/checks";
import type { Room } from "@/lib/workplace/port";
import { WorkspaceError } from "@/lib/workspace/path";
import { folderOf, workplaceOf } from "./folders";
import { ensureFiles } from "./keep-files";
import { commit, endIfStopped, note, type OpenTask } from "./open-task";
import { showCall } from "./show";
import { timeLeftMs } from "./time-left";
import type { World } from "./world";

/** Time limit for copying the workspace. */
const COPY_MS = 10 * 60_000;
const OUTPUT_BYTES = 256 * 1024;

/**
 * Runs the commands in the order of the claims, in one room: the files with which the work began, and what it changed of
 * sources. After a crash they run again, in a new room.
 */
export async function checkClaims(world: World, task: OpenTask, signal: AbortSignal): Promise<void> {
  await commit(world, task);
  if (task.letters.some((letter) => letter.kind === "stop")) return;
  const { state } = task;
  const { ending } = state;
  if (!ending) throw new Error("Claims can be checked only while a task is ending.");
  const checked = (marks: ClaimMark[], runner: string | null) => {
    const content = { type: "claims_checked", call: ending.call, marks, ...(runner !== null && { runner }) } as const;
    note(task, [{ kind: "event", turn: state.turn, content }]);
  };
  const commands = ending.claims.some((claim) => claim.command !== undefined);
  if (!commands || state.assignment.workspace === "none") return checked(ending.claims.map(unshown), null);
  try {
    const { marks, runner } = await markedSomewhere(world, task, ending.claims, signal);
    checked(marks, runner);
  } catch (error) {
    if (signal.aborted) return endIfStopped(world, task, signal);
    if (!(error instanceof WorkspaceError)) throw error;
    const marks = ending.claims.map((claim) => ({ ...unshown(claim), output: `Not run: ${error.message}` }));
    checked(marks, null);
  }
}

/** Marks the claims where the tree works, or on the pool where it is checked. */
async function markedSomewhere(
  world: World,
  task: OpenTask,
  claims: readonly Claim[],
  signal: AbortSignal,
): Promise<{ marks: ClaimMark[]; runner: string | null }> {
  const { treeUid, uid, lease } = task.claim;
  const own = workplaceOf(world, task);
  const isElsewhere = world.checks.poolOf(treeUid) !== null;
  if (!isElsewhere && !(await own.commands.status()).available) return { marks: claims.map(unshown), runner: null };
  await ensureFiles(world, task, signal);
  world.alive(uid, COPY_MS);
  const start = startOf(world, task);
  const label = `claims-${uid}-${lease}-${task.state.length}`;
  const isTaken = isElsewhere || start !== null;
  const now = isTaken ? (await own.snapshots.take({ label, previous: start }, signal)).commit : "";
  const waits = showWaiting(world, task);
  try {
    return await world.checks.run({ tree: treeUid, task: uid, own, now, signal, onWait: waits.tell }, async (at) => {
      waits.end();
      if (isElsewhere && !(await at.commands.status()).available) return { marks: claims.map(unshown), runner: null };
      const room = at.room(`claims-${uid}`);
      try {
        return { marks: await markAll(world, task, { room, start, now }, signal), runner: at.runner };
      } finally {
        await removeRoom(room, signal);
      }
    });
  } finally {
    waits.end();
  }
}

/** Shows that the check waits for a runner, as its call. */
function showWaiting(world: World, task: OpenTask): { tell(sentence: string): void; end(): void } {
  let shown: ReturnType<typeof showCall> | null = null;
  return {
    tell(sentence) {
      world.alive(task.claim.uid, COPY_MS);
      shown ??= showCall(world, task, { id: "check", tool: "check", input: { sentence } });
    },
    end() {
      shown?.end();
      shown = null;
    },
  };
}

/** Returns the snapshot with which the work in the task's folder began; null: it began with an empty folder. */
function startOf(world: World, task: OpenTask): string | null {
  const { owner } = folderOf(world, task);
  return owner === null ? world.startOf(task.claim.treeId) : world.loader.ownFolder(owner).base;
}

interface Marking {
  room: Room;
  /** Snapshots; `now` is not used without `start`. */
  start: string | null;
  now: string;
}

async function markAll(world: World, task: OpenTask, marking: Marking, signal: AbortSignal): Promise<ClaimMark[]> {
  const { room } = marking;
  world.alive(task.claim.uid, COPY_MS);
  const asLeft = () => room.copyFolder(signal);
  const start = await startRoom(world, task, marking, signal);
  await (start?.make() ?? asLeft());
  const marks: ClaimMark[] = [];
  const claims = task.state.ending?.claims ?? [];
  for (const claim of claims) marks.push(await markClaim(world, task, claim, room, signal));
  if (!start) return marks;
  const run = (claim: Claim) => markClaim(world, task, claim, room, signal);
  for (const [at, claim] of claims.entries()) {
    const mark = marks[at];
    if (mark?.mark === "shown") marks[at] = await noticed(start, claim, mark, run);
    else if (mark?.mark === "failed" && start.putBack.length > 0) {
      await asLeft();
      marks[at] = heldAsLeft(start, mark, await run(claim));
    }
  }
  return marks;
}

/** Returns the mark of a claim whose command passes: tests that pass although they are broken show nothing. */
async function noticed(
  room: StartRoom,
  claim: Claim,
  shown: ClaimMark,
  run: (claim: Claim) => Promise<ClaimMark>,
): Promise<ClaimMark> {
  const { command } = claim;
  if (command === undefined || !(await room.runsTests(command))) return shown;
  await room.make();
  const countsOf = ({ output }: ClaimMark) => countTests(output ?? "");
  const sentence = await unnoticed(room.tests, command, { holds: true, counts: countsOf(shown) }, async () => {
    const broken = await run(claim);
    return { holds: broken.mark === "shown", counts: countsOf(broken) };
  });
  return sentence === null
    ? shown
    : { ...shown, mark: "neither", output: `The command ${sentence}.\n${shown.output ?? ""}` };
}

/**
 * Returns the mark of a claim that fails with the files of the start outside the scope. If its command names the
 * changed files, the claim is about them; otherwise it holds only because its own tests or settings were changed.
 */
function heldAsLeft({ putBack, names }: StartRoom, failed: ClaimMark, left: ClaimMark): ClaimMark {
  if (left.mark !== "shown" || names(left.command ?? "")) return left;
  const why = `The command passes only with changes of tests, or of what decides how they run: ${putBack.slice(0, MOST_TOLD).join(", ")}. With these files as at the start it fails:`;
  return { ...failed, mark: "neither", output: `${why}\n${failed.output ?? ""}` };
}

const MOST_TOLD = 10;

async function markClaim(
  world: World,
  task: OpenTask,
  claim: Claim,
  room: Room,
  signal: AbortSignal,
): Promise<ClaimMark> {
  if (claim.command === undefined) return unshown(claim);
  const timeoutMs = Math.max(1, Math.min(task.state.setup.timeoutMs, timeLeftMs(world, task)));
  world.alive(task.claim.uid, timeoutMs);
  const shown = showCall(world, task, { id: claim.statement, tool: "check", input: { command: claim.command } });
  // A command that passed for the agent may need what the agent installed in its home.
  const run = room.run(
    { command: claim.command, home: "agents", timeoutMs, maxOutputBytes: OUTPUT_BYTES },
    { signal, onOutput: shown.onOutput },
  );
  const result = await run.finally(shown.end);
  signal.throwIfAborted();
  world.alive(task.claim.uid, COPY_MS);
  const ended = result.endedBy ? `\n[The host stopped the command: ${result.endedBy}.]` : "";
  return markOf(claim, { exitStatus: result.exitStatus, output: `${result.stdout}${result.stderr}${ended}` });
}

/** A room with the files of the start. */
interface StartRoom {
  tests: Room["tests"];
  /** Paths outside the scope that are as at the start. */
  putBack: readonly string[];
  /** Makes the room anew. */
  make(): Promise<void>;
  runsTests(command: string): Promise<boolean>;
  /** Whether a command names a path that was put back, and that is no test. */
  names(command: string): boolean;
}

/**
 * Returns the room of the claims: the same rule as for goals, so that nobody grades their own work; null when the work
 * began with an empty folder, because then every file is its own.
 */
async function startRoom(
  { snapshots }: World,
  { state }: OpenTask,
  { room, start, now }: Marking,
  signal: AbortSignal,
): Promise<StartRoom | null> {
  if (start === null) return null;
  const commands = (state.ending?.claims ?? []).flatMap(({ command }) => command ?? []);
  const differences: Differences = await differencesOf(
    snapshots,
    { start, now, changes: await snapshots.changes(start, now) },
    { scope: null, widened: [], protect: [], commands, keepsPackages: true },
  );
  const given = { start, now, differences, how: "with_new_tests", withoutPackages: false } as const;
  const putBack = new Set(differences.putBack);
  return {
    tests: room.tests,
    putBack: differences.putBack,
    make: () => room.make(given, signal),
    runsTests: async (command) => runsTests(command, await textAt(snapshots, start, "package.json")),
    names: (command) => [...namedIn([command])].some((word) => putBack.has(word) && !isTestFile(word)),
  };
}
