/** Decides whether a pass of a goal's command counts: only when nothing else explains it. */
import type { ToolContext } from "@/agents/tools/contract/tool";
import { cut } from "@/core/goals/facts/record";
import type { GoalCriterion } from "@/core/log/goal";
import { endedEarly, unnoticed } from "@/lib/clean-room/canary";
import type { Differences } from "@/lib/clean-room/differences";
import { elsewhere } from "@/lib/clean-room/elsewhere";
import { unnoticedOutput } from "@/lib/clean-room/expected-output";
import type { RememberedFile } from "@/lib/clean-room/fixed-files";
import { evidenceOf, type Ran, ranNoTest, run, shows } from "./commands";
import type { Rooms, RoomWish } from "./rooms";
import { sealed } from "./sealed";

export interface GoalCheck {
  validation_command: string | null;
  setup_command: string | null;
  criteria: GoalCriterion[];
  /** Globs of what the work may change; null or absent: as the host proposes it. */
  scope?: string[] | null | undefined;
  protect: string[];
  may_change: string[];
  /** Globs of tests that agents do not see, and the share of the tests that is hidden besides. */
  hidden?: string[] | undefined;
  hidden_share?: number | undefined;
  start?: string | undefined;
  /** Tests that were reported at the start. */
  tests?: number | null | undefined;
  failed_before?: boolean | undefined;
  since?: string | undefined;
  since_ms?: number | undefined;
  /** Checks the folder's commit, as a fresh clone has it, instead of the folder. */
  delivered?: boolean | undefined;
}

export interface Validation {
  met: boolean;
  share: number;
  evidence: string;
  doubts: string[];
  passesAsChanged: boolean;
  /** The run that failed. */
  failing: Ran | null;
}

interface Validating {
  given: GoalCheck;
  differences: Differences;
  rooms: Rooms;
  context: ToolContext;
}

/** Looks closer at a run of the validation command: a pass counts only when nothing else explains it. */
export async function validated({ given, differences, rooms, context }: Validating, ran: Ran): Promise<Validation> {
  const command = given.validation_command ?? "";
  const tests = given.tests ?? null;
  const plain = { doubts: [] as string[], passesAsChanged: false, failing: null };
  const share = shareOf(ran, tests);
  const evidence = evidenceOf(ran);
  if (ran.exitStatus !== 0) {
    const isOther = differences.putBack.length > 0;
    const passesAsChanged = isOther && (await rooms.asChanged((room) => run(context, room, command))).exitStatus === 0;
    const doubts = passesAsChanged ? [changedDoubt(differences)] : [];
    return { ...plain, met: false, share: Math.min(share, PARTLY), evidence, doubts, passesAsChanged, failing: ran };
  }
  const missing = noTests(ran) ?? missingTests(ran, tests) ?? failedTests(ran);
  if (missing !== null) return { ...plain, met: false, share: Math.min(share, PARTLY), evidence: missing };
  const again = async (wish: RoomWish) => sealed(await rooms.in(wish, (room) => run(context, room, command)), rooms);
  if (given.failed_before) {
    const second = await again({ how: "with_new_tests" });
    if (second.exitStatus !== 0)
      return {
        ...plain,
        met: false,
        share: 0,
        failing: second,
        evidence: `It passed once and failed once on the same files. ${evidenceOf(second)}`,
      };
  }
  if (differences.hadTests && differences.newTests.length > 0) {
    const strict = await again({ how: "strict" });
    if (strict.exitStatus !== 0) {
      const text = `It passes only with the tests that are new since the start (${cut(differences.newTests.join(", "), 120)}). ${evidenceOf(strict)}`;
      const part = Math.min(shareOf(strict, tests), PARTLY);
      return { ...plain, met: false, share: part, evidence: text, failing: strict };
    }
  }
  const doubts = await passDoubts(
    "The validation command",
    command,
    { holds: passes, good: ran },
    rooms,
    context,
    given,
  );
  return { ...plain, met: true, share: 1, evidence, doubts };
}

/** Returns what makes a pass doubtful: it does not hold in another place, or broken tests pass too. */
async function passDoubts(
  what: string,
  command: string,
  { holds, good: passed }: { holds: (ran: Ran) => boolean; good: Ran },
  rooms: Rooms,
  context: ToolContext,
  { since, failed_before, delivered }: Pick<GoalCheck, "since" | "failed_before" | "delivered">,
): Promise<string[]> {
  // At the start nobody has worked on it; what is delivered was checked before.
  if ((since === undefined && !failed_before) || delivered) return [];
  const asHeld = (ran: Ran) => ({ holds: holds(ran), counts: ran.counts });
  const good = { holds: true, counts: passed.counts };
  const found: string[] = [];
  const place = elsewhere();
  const where = "in another folder, under another account and time zone";
  const isSilent = await rooms.in({ how: "with_new_tests", place }, async (room) => {
    let before: RememberedFile[] = [];
    let ran: Ran | null = null;
    const { held, fault } = await endedEarly(room.tests, command, good, async () => {
      before = await room.remember(rooms.fixed);
      ran = await run(context, room, command, { place });
      return asHeld(ran);
    });
    const rewritten = await room.changedSince(before);
    if (held && !held.holds && ran)
      found.push(`${what} passes here and fails ${where}: ${evidenceOf(sealed(ran, rooms))}`);
    if (fault !== null) found.push(`${what} ${fault}.`);
    if (rewritten.length > 0)
      found.push(`${what} rewrites what it is checked by while it runs: ${cut(rewritten.join(", "), 300)}.`);
    return held === null;
  });
  if (isSilent) {
    const plain = await rooms.in({ how: "with_new_tests", place }, (room) => run(context, room, command, { place }));
    if (!holds(plain)) found.push(`${what} passes here and fails ${where}: ${evidenceOf(sealed(plain, rooms))}`);
  }
  const sentence = await rooms.in({ how: "with_new_tests" }, async (room) => {
    const again = async () => asHeld(await run(context, room, command));
    return (await unnoticed(room.tests, command, good, again)) ?? (await unnoticedOutput(room.tests, command, again));
  });
  return [...found, ...(sentence === null ? [] : [`${what} ${sentence}.`])];
}

/** The most that a validation command counts which did not pass. */
const PARTLY = 0.99;
export const passes = ({ exitStatus }: Ran) => exitStatus === 0;

/**
 * Returns the part of the tests that passed. Tests that no longer run count as failed. When the command failed and no test
 * is red, nobody knows what failed: it counts as nothing, or no repair could ever be better.
 */
function shareOf({ exitStatus, counts }: Ran, tests: number | null): number {
  if (!counts) return exitStatus === 0 ? 1 : 0;
  if (exitStatus !== 0 && counts.failed === 0) return 0;
  const all = Math.max(counts.passed + counts.failed, tests ?? 0);
  return all === 0 ? 0 : counts.passed / all;
}

function noTests({ counts }: Ran): string | null {
  return ranNoTest(counts) ? "It exited with 0, but no test ran, so it shows nothing." : null;
}

function failedTests({ counts }: Ran): string | null {
  return counts && counts.failed > 0 ? `It exited with 0, but reports ${counts.failed} failed tests.` : null;
}

function missingTests({ counts }: Ran, tests: number | null): string | null {
  if (tests === null || tests === 0) return null;
  const now = counts ? counts.passed + counts.failed : 0;
  return now >= tests ? null : `It exited with 0, but only ${now} of the ${tests} tests of the start were reported.`;
}

function changedDoubt({ putBack }: Differences): string {
  return `The validation command passes only with what was changed outside the scope: ${cut(putBack.join(", "), 300)}.`;
}

/** Returns a doubt for each criterion that holds, but not elsewhere, or also with tests that must fail. */
export async function criteriaDoubts(
  given: GoalCheck,
  shown: readonly (Ran | null)[],
  rooms: Rooms,
  context: ToolContext,
): Promise<string[]> {
  const doubts: string[] = [];
  for (const [at, criterion] of given.criteria.entries()) {
    const ran = shown[at];
    if (!ran || criterion.command === undefined || !shows(criterion, ran)) continue;
    const holds = (again: Ran) => shows(criterion, again);
    const what = `\`${cut(criterion.command, 120)}\``;
    doubts.push(...(await passDoubts(what, criterion.command, { holds, good: ran }, rooms, context, given)));
  }
  return doubts;
}
