import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ToolContext } from "@/agents/tools/contract/tool";
import type { SandboxPort, SandboxRun } from "@/lib/sandbox/port";
import type { SnapshotStore } from "@/lib/snapshots/port";
import { createSnapshotStore } from "@/lib/snapshots/store";
import { NO_TERMINALS } from "@/lib/terminals/none";
import { NO_CHECKS } from "@/lib/workplace/checks";
import { localWorkplaces } from "@/lib/workplace/local/local";
import { checkGoal } from "./checks";
import type { GoalCheck } from "./validated";

const folder = mkdtempSync(join(tmpdir(), "banyan-checks-"));
const workspace = join(folder, "workspace");
let snapshots: SnapshotStore;

beforeAll(() => {
  mkdirSync(join(workspace, "test"), { recursive: true });
  writeFileSync(join(workspace, "test", "a.test.js"), 'test("a", () => {});\n');
  writeFileSync(gitSettings, "[safe]\n\tdirectory = *\n");
  snapshots = createSnapshotStore({ dir: join(folder, "snapshots") });
});

afterAll(async () => {
  await snapshots.close();
  rmSync(folder, { recursive: true, force: true });
});

/** As root, copies belong to the account of the tools, so git is told to take repositories of any owner. */
const gitSettings = join(folder, "gitconfig");

/**
 * Runs a check whose commands end with these outputs, one after the other; those of git run. Commands that run at the same
 * time need outputs that name their command. Returns it with the commands that ran.
 */
async function checked(given: Partial<GoalCheck>, results: { exit: number; out?: string; of?: string }[]) {
  const ran: string[] = [];
  const seen: string[][] = [];
  const places: SandboxRun["place"][] = [];
  const run = async ({ command, workspace: room, place }: SandboxRun) => {
    if (command.startsWith("git ")) {
      execFileSync("sh", ["-c", command], {
        cwd: room,
        stdio: "pipe",
        env: { ...process.env, GIT_CONFIG_GLOBAL: gitSettings },
      });
      return { exitStatus: 0, stdout: "", stderr: "", truncated: false, durationMs: 1 };
    }
    places.push(place);
    const { exit, out = "" } = results.find(({ of }) => of === command) ?? results[ran.length] ?? { exit: 99 };
    ran.push(command);
    seen.push(readdirSync(room));
    writeFileSync(join(room, "left-behind"), command);
    return { exitStatus: exit, stdout: out, stderr: "", truncated: false, durationMs: 1 };
  };
  const sandbox = { status: async () => ({ available: true }), run } as unknown as SandboxPort;
  const task = `task${Math.random()}`;
  const place = { tree: "tree", task, owner: null, root: workspace, cacheDir: join(folder, "cache"), hiddenPaths: [] };
  const context: ToolContext = {
    treeId: "tree",
    taskId: task,
    workplace: localWorkplaces({ sandbox, terminals: NO_TERMINALS, snapshots }).of(place),
    cacheDir: place.cacheDir,
    signal: new AbortController().signal,
    timeoutMs: 60_000,
  };
  const whole = {
    setup_command: null,
    criteria: [],
    protect: [],
    may_change: [],
    validation_command: "npm test",
    ...given,
  };
  const sources = { snapshots, checks: NO_CHECKS, workedMs: () => 0, now: () => Date.now() };
  return { ...(await checkGoal(sources, whole, context)), ran, seen, places };
}

const passed = (tests: number) => ({ exit: 0, out: `ℹ pass ${tests}\nℹ fail 0\n` });

test("a command that failed before has to pass twice, and to fail with a broken test", async () => {
  const flaky = await checked({ failed_before: true, tests: 2 }, [passed(2), { exit: 1 }]);
  expect([flaky.valid, flaky.checks[0]?.share, flaky.ran.length]).toEqual([false, 0, 2]);
  expect(flaky.checks[0]?.evidence).toContain("passed once and failed once");
  const deaf = await checked({ failed_before: true, tests: 2 }, [passed(2), passed(2), passed(3), passed(2)]);
  expect([deaf.valid, deaf.doubts.length, deaf.ran.length]).toEqual([true, 1, 4]);
  const good = await checked({ failed_before: true, tests: 2 }, [passed(2), passed(2), passed(3), { exit: 1 }]);
  expect([good.valid, good.doubts, good.ran.length]).toEqual([true, [], 4]);
});

test("a pass that does not hold in another place is doubtful", async () => {
  const there = await checked({ failed_before: true, tests: 2 }, [passed(2), passed(2), { exit: 1 }, { exit: 1 }]);
  expect([there.valid, there.doubts]).toEqual([true, [expect.stringContaining("fails in another folder")]]);
  const [usual, again, elsewhere, broken] = there.places;
  expect([usual, again, broken]).toEqual([undefined, undefined, undefined]);
  expect(elsewhere?.folder.startsWith(`${elsewhere.home}/`)).toBe(true);
});

test("a run that does not report a test that was added to its tests is doubtful", async () => {
  const early = await checked({ failed_before: true, tests: 2 }, [passed(2), passed(2), passed(2), { exit: 1 }]);
  expect([early.valid, early.doubts]).toEqual([true, [expect.stringContaining("does not report a test")]]);
});

test("tests that no longer run count as failed", async () => {
  const fewer = await checked({ tests: 4 }, [passed(3)]);
  expect([fewer.valid, fewer.checks[0]?.share, fewer.checks[0]?.evidence]).toEqual([
    false,
    0.75,
    "It exited with 0, but only 3 of the 4 tests of the start were reported.",
  ]);
  const silent = await checked({ tests: 4 }, [{ exit: 0, out: "fine" }]);
  expect(silent.valid).toBe(false);
});

test("a command that fails without a red test counts as nothing, and a run of no test shows nothing", async () => {
  const { checks: unread, tests } = await checked({}, [{ exit: 101, out: "ℹ pass 2\nℹ fail 0\n" }]);
  expect([unread[0]?.share, unread[0]?.met, tests]).toEqual([0, false, 2]);
  expect(unread[0]?.evidence).toContain("exit status 101, 2 tests passed and none failed");
  const { checks: red } = await checked({}, [{ exit: 1, out: "ℹ pass 1\nℹ fail 3\n" }]);
  expect(red[0]?.share).toBe(0.25);
  const { checks: none } = await checked({}, [{ exit: 0, out: "ℹ pass 0\nℹ fail 0\n" }]);
  expect([none[0]?.share, none[0]?.met, none[0]?.evidence]).toEqual([
    0,
    false,
    "It exited with 0, but no test ran, so it shows nothing.",
  ]);
  const criteria = [{ statement: "a", command: "one", weight: 1 }];
  const { checks: criterion } = await checked({ validation_command: null, criteria }, [
    { exit: 0, out: "ℹ pass 0\nℹ fail 0\n" },
  ]);
  expect([criterion[0]?.met, criterion[0]?.evidence]).toEqual([false, expect.stringContaining("no test ran")]);
});

test("a runner that says nothing when no test fails need not report its tests later", async () => {
  const { tests, checks } = await checked({}, [{ exit: 1, out: "4 tests completed, 1 failed\n" }]);
  expect([tests, checks[0]?.share]).toEqual([null, 0.75]);
});

test("criteria hold by exit status or text, and count by their weight beside the validation command", async () => {
  const criteria = [
    { statement: "a", command: "one", weight: 1 },
    { statement: "b", command: "two", expect: "yes", weight: 2 },
    { statement: "c", weight: 1 },
  ];
  const { checks, seen } = await checked({ criteria }, [
    { ...passed(1), of: "npm test" },
    { exit: 1, of: "one" },
    { exit: 3, out: "oh yes", of: "two" },
  ]);
  // None saw what another left behind.
  expect(seen).toEqual([["test"], ["test"], ["test"]]);
  // Only the files of the start stay, for the next check.
  expect(readdirSync(join(folder, "cache")).filter((name) => !name.startsWith("start-"))).toEqual([]);
  expect(checks.map(({ weight, met }) => [weight, met])).toEqual([
    [4, true],
    [1, false],
    [2, true],
    [1, false],
  ]);
});

test("the same files have the same name, whatever was written in between", async () => {
  const first = await checked({}, [passed(1)]);
  writeFileSync(join(workspace, "b.js"), "// b\n");
  const second = await checked({ since: first.commit }, [passed(1)]);
  rmSync(join(workspace, "b.js"));
  const third = await checked({ since: second.commit }, [passed(1)]);
  expect([second.files === first.files, third.files === first.files]).toEqual([false, true]);
  expect([second.changed, second.changes, third.changes]).toEqual([1, "b.js +1 −0", "b.js +0 −1"]);
});

test("what failed begins with the failing tests and the first failure, not with the end of the output", async () => {
  const out = `TAP version 13\nok 1 - a\nnot ok 2 - b\n  ---\n  error: '2 == 3'\n  ...\n1..2\n${"# noise\n".repeat(400)}`;
  const { why } = await checked({}, [{ exit: 1, out }]);
  expect(why.startsWith("Failing: b\nnot ok 2 - b\n")).toBe(true);
  expect(why).toContain("2 == 3");
  expect(why.length).toBeLessThanOrEqual(1_500);
});

/** The patterns for failures took minutes to hours for a megabyte of each. */
test("what failed is found in a megabyte of anything", async () => {
  const full = (piece: string) => piece.repeat(1_000_000 / piece.length);
  const line = `${" ".repeat(500)}${"error ".repeat(83)}\n`;
  for (const noise of [full("\n"), full(" "), full("error "), full("0a1b"), `tests${full(" ")}`, line.repeat(1_000)]) {
    const { why, signature } = await checked({}, [{ exit: 1, out: `${noise}\nAssertionError: 2 is not 3\n` }]);
    expect(why).toBe("AssertionError: 2 is not 3");
    expect(signature).toMatch(/^AssertionError: <n> is not <n>$|^error( error)+$/);
  }
});

test("whether a commit passes with the tests that it changed is tried with its files, not with those of the folder", async () => {
  const git = (...args: string[]) => execFileSync("git", args, { cwd: workspace, stdio: "pipe" });
  writeFileSync(join(workspace, ".gitignore"), "data.json\n");
  git("init", "-q");
  const { commit: start } = await checked({}, [passed(1)]);
  writeFileSync(join(workspace, "test", "a.test.js"), 'test("changed", () => {});\n');
  git("add", "-A");
  git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "all");
  writeFileSync(join(workspace, "data.json"), "{}");
  const given = { start, scope: ["src/**"] };
  const inFolder = await checked(given, [{ exit: 1 }, passed(1)]);
  const ofCommit = await checked({ ...given, delivered: true }, [{ exit: 1 }, passed(1)]);
  expect([inFolder.passes_as_changed, ofCommit.passes_as_changed]).toEqual([true, true]);
  expect([inFolder.seen[1]?.includes("data.json"), ofCommit.seen[1]?.includes("data.json")]).toEqual([true, false]);
  expect(ofCommit.seen[1]).toEqual(expect.arrayContaining(["test", ".gitignore"]));
});
