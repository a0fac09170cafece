import { chmodSync, existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { gate } from "@/tests/agents/scenario";
import type { SelfFolder } from "./changes";
import type { ChangeWords } from "./messages";
import { noteApproval } from "./messages";
import { type CopiedSource, copiedSource, type Released } from "./testing/copied-source";

const signal = new AbortController().signal;
const WORDS: ChangeWords = {
  title: "Figures name their whole",
  why: "A part alone says nothing.\nReaders guess.",
  expects: { metric: "corrections", direction: "down", amount: "half", measured: "count them in a week" },
};

async function cloned() {
  const source = copiedSource();
  onTestFinished(source.end);
  const released = source.release();
  return { source, released, folder: await released.clone() };
}

/** The small program with another last line. */
function lines(last: string): string {
  return `export const one = 1;\nexport const two = 2;\nexport const three = 3;\nexport const ${last};\n`;
}

async function proposed({ changes, check }: Released, folder: SelfFolder) {
  const lines: string[] = [];
  const { report } = await check(folder, { onLine: (line) => lines.push(line) });
  expect(lines).toContain("rules …");
  expect(report.outcome).toBe("passed");
  return changes.propose(folder, WORDS, signal);
}

test("a folder becomes one commit on the release, whatever commits, branches and refs the clone has", async () => {
  const { source, released, folder } = await cloned();
  const { git, put, work } = source;
  const base = await released.repository.permanent();
  put(
    work,
    "src/one.ts",
    "export const one = 1;\nexport const two = 22;\nexport const three = 3;\nexport const four = 4;\n",
  );
  git(work, "commit", "-qam", "Mine");
  git(work, "switch", "-qc", "elsewhere");
  put(work, "src/added.ts", "export {};\n");
  git(work, "add", "-A");
  git(work, "commit", "-qm", "Also mine");
  rmSync(join(work, "src/other.ts"));
  // A rewritten reference of the clone means nothing to the host.
  git(work, "update-ref", "refs/heads/permanent", git(work, "rev-parse", "HEAD"));
  git(work, "update-ref", "refs/remotes/origin/permanent", git(work, "rev-parse", "HEAD"));
  const change = await proposed(released, folder);
  expect(change.files).toEqual([
    { path: "src/added.ts", change: "added", additions: 1, deletions: 0, side: "source" },
    { path: "src/one.ts", change: "modified", additions: 1, deletions: 1, side: "source" },
    { path: "src/other.ts", change: "deleted", additions: 0, deletions: 1, side: "source" },
  ]);
  const { gitDir } = released.repository;
  expect(change.branch).toBe("self/task/1");
  expect(git(gitDir, "rev-parse", `${change.branch}^`)).toBe(base);
  expect(git(gitDir, "for-each-ref", "--format=%(refname)", "refs/heads").split("\n")).toEqual([
    "refs/heads/permanent",
    "refs/heads/self/task/1",
  ]);
  expect(await released.repository.permanent()).toBe(base);
  expect(change.patch).toContain("+export const two = 22;");
  expect(await released.changes.problemOf(change)).toBeNull();
  // Whoever reads the history with git reads what the change is for, and who approved it.
  const said = () => git(gitDir, "log", "-1", "--format=%s%n%b%N", change.commit);
  expect(said()).toBe(
    [
      "Figures name their whole",
      "A part alone says nothing.\nReaders guess.",
      "",
      "Expected: corrections down by half; to measure: count them in a week",
      "",
      "Proposed-by-task: task",
    ].join("\n"),
  );
  await noteApproval(gitDir, change.commit, { item: "item-1", by: "Ann\u202e", reason: "It helps\nreaders." });
  expect(said()).toMatch(/Review-item: item-1\nApproved-by: Ann\nReason: It helps readers\.$/);
  // The same content is the same proposal.
  expect(await released.changes.propose(folder, WORDS, signal)).toEqual(change);
});

test("where a launcher runs the whole gates in the trial, their first part is enough for a proposal", async () => {
  const source = copiedSource();
  onTestFinished(source.end);
  const { git, put, checkout, work } = source;
  const run = "node --test --test-reporter=tap";
  const settings = `commands: { rules: "true" }
tests:
  run: ${run} src/
  some: ${run} $BANYAN_TEST_FILES
  first: { files: ["**/*.test.mjs"] }
  report: { format: tap }
sentinels: { count: 1, least: 1 }
`;
  const module = "export const isMany = (count) => count > 1;\n";
  const testOf = (name: string) =>
    [
      'import { test } from "node:test";',
      'import assert from "node:assert";',
      `import { isMany } from "./${name}.mjs";`,
      `test("${name}", () => assert.deepEqual([1, 2].map(isMany), [false, true]));`,
    ].join("\n");
  put(checkout, ".banyan/gates.yaml", settings);
  for (const name of ["near", "far"]) {
    put(checkout, `src/${name}.mjs`, module);
    put(checkout, `src/${name}.test.mjs`, testOf(name));
  }
  git(checkout, "add", "-A");
  git(checkout, "commit", "-qm", "With tests");
  const results = async (isFirstEnough: boolean) => {
    const released = source.release({ isFirstEnough });
    const folder = await released.clone();
    put(work, "src/near.mjs", `// One is not many.\n${module}`);
    const { gates } = await proposed(released, folder);
    const facts = gates.results.filter(({ gate }) => ["old_tests", "sentinels"].includes(gate));
    return facts.map(({ outcome, summary, later }) => ({ outcome, summary, later }));
  };
  const [first, left] = await results(true);
  expect(first).toEqual({ outcome: "passed", summary: "1 of 1 tests of the base pass on the change.", later: true });
  expect(left).toMatchObject({ outcome: "off", later: true });
  const [whole] = await results(false);
  expect(whole).toEqual({
    outcome: "passed",
    summary: "2 of 2 tests of the base pass on the change.",
    later: undefined,
  });
});

test("nothing of the clone runs: hooks, filters, attributes, a file monitor, aliases, included settings", async () => {
  const { source, released, folder } = await cloned();
  const { git, put, work, base } = source;
  const canary = join(base, "canary");
  const script = join(work, "run.sh");
  put(work, "run.sh", `#!/bin/sh\ntouch ${canary}\ncat\n`);
  chmodSync(script, 0o755);
  for (const hook of ["pre-commit", "post-checkout", "reference-transaction", "pre-auto-gc", "post-index-change"]) {
    put(work, `.git/hooks/${hook}`, `#!/bin/sh\ntouch ${canary}\n`);
    chmodSync(join(work, ".git/hooks", hook), 0o755);
  }
  put(work, "more.config", `[core]\n\tfsmonitor = ${script}\n\tpager = ${script}\n`);
  const settings = {
    "core.fsmonitor": script,
    "filter.evil.clean": script,
    "filter.evil.smudge": script,
    "filter.evil.process": script,
    "diff.evil.textconv": script,
    "diff.external": script,
    "merge.evil.driver": script,
    "core.sshCommand": script,
    "include.path": join(work, "more.config"),
    "uploadpack.packObjectsHook": script,
  };
  for (const [name, value] of Object.entries(settings)) git(work, "config", name, value);
  put(work, ".git/info/attributes", "* filter=evil diff=evil merge=evil\n");
  put(work, "src/one.ts", "export const one = 7;\n");
  const change = await proposed(released, folder);
  expect(change.files.map(({ path }) => path)).toEqual(["more.config", "run.sh", "src/one.ts"]);
  expect(existsSync(canary)).toBe(false);
});

describe("what is refused", () => {
  const refusals: [string, (source: CopiedSource) => void, RegExp][] = [
    ["nothing new", () => {}, /nothing to propose/],
    ["a link", ({ work }) => symlinkSync("/etc/passwd", join(work, "src/link")), /"src\/link" is a symbolic link/],
    ["a file that became a link", ({ work }) => relinked(work), /"README.md" is a symbolic link/],
    [
      "a repository inside",
      ({ work, checkout, git }) => git(work, "clone", "-q", checkout, join(work, "vendored")),
      /contains other repositories \(vendored\)/,
    ],
    ["settings of submodules", ({ work, put }) => put(work, ".gitmodules", "[submodule]\n"), /is about a submodule/],
    ["attributes", ({ work, put }) => put(work, "src/.gitattributes", "* text\n"), /changes how git reads files/],
    ["names that differ in case", ({ work, put }) => put(work, "src/ONE.ts", "1\n"), /are the same name/],
    ["folders that differ in case", ({ work, put }) => put(work, "SRC/new.ts", "1\n"), /are the same name/],
    ["a name with an invisible character", ({ work, put }) => put(work, "src/a\u200Bb.ts", "1\n"), /plain name/],
    // It counts as git's own, of which no change has anything.
    ["a short form of .git", ({ work, put }) => put(work, "src/git~1", "1\n"), /nothing to propose/],
    ["a name that ends in a dot", ({ work, put }) => put(work, "src/a.ts.", "1\n"), /plain name/],
    [
      "too many files",
      ({ work, put }) => {
        for (let n = 0; n < 201; n++) put(work, `src/f${n}.ts`, "1\n");
      },
      /201 files, and 200/,
    ],
    ["too many lines", ({ work, put }) => put(work, "src/long.ts", "x\n".repeat(3_001)), /3001 lines, and 3000/],
  ];

  test.each(refusals)("%s", async (_, change, sentence) => {
    const { source, released, folder } = await cloned();
    change(source);
    await expect(released.check(folder)).rejects.toThrow(sentence);
    expect(source.git(released.repository.gitDir, "for-each-ref", "refs/heads/self")).toBe("");
  });

  test("a folder that is no copy of the source", async () => {
    const { released, folder } = await cloned();
    for (const copiedFrom of [null, "https://example.org/a.git", "banyan:self", "banyan:self@main"])
      await expect(released.check({ ...folder, copiedFrom })).rejects.toThrow(/Only a copy of Banyan's own/);
  });

  test("content that was not checked, that failed, or that changed after the check", async () => {
    const { source, released, folder } = await cloned();
    source.put(source.work, "src/one.ts", "export const one = 5;\n");
    const quick = await released.check(folder, { quick: true });
    expect(quick.report.outcome).toBe("passed");
    await expect(released.changes.propose(folder, WORDS, signal)).rejects.toThrow(/has not been checked/);
    await released.check(folder);
    source.put(source.work, "src/one.ts", "export const one = 'FORBIDDEN';\n");
    await expect(released.changes.propose(folder, WORDS, signal)).rejects.toThrow(/has not been checked/);
    expect((await released.check(folder)).report.outcome).toBe("failed");
    await expect(released.changes.propose(folder, WORDS, signal)).rejects.toThrow(
      /did not pass this content \(rules\)/,
    );
  });

  test("a fourth try", async () => {
    const { source, released, folder } = await cloned();
    for (const n of [1, 2, 3]) {
      source.put(source.work, "src/one.ts", `export const one = ${n * 10};\n`);
      expect((await proposed(released, folder)).branch).toBe(`self/task/${n}`);
    }
    source.put(source.work, "src/one.ts", "export const one = 40;\n");
    await expect(proposed(released, folder)).rejects.toThrow(/proposed 3 changes, which is the most/);
  });
});

test("Banyan moves twice while a proposal is open: it is made anew each time, and a conflict goes to the agent", async () => {
  const { source, released, folder } = await cloned();
  const { git, put, checkout, work } = source;
  put(work, "src/one.ts", lines("four = 44"));
  const first = await proposed(released, folder);

  put(checkout, "src/other.ts", "export const other = 9;\n");
  git(checkout, "commit", "-qam", "Elsewhere");
  const second = source.release();
  expect(await second.changes.problemOf(first)).toBe("Banyan has changed since this was checked");
  const again = await proposed(second, folder);
  expect(again).toMatchObject({ branch: "self/task/2", base: await second.repository.permanent() });
  expect(git(second.repository.gitDir, "show", `${again.branch}:src/other.ts`)).toBe("export const other = 9;");
  expect(again.files).toEqual([{ path: "src/one.ts", change: "modified", additions: 1, deletions: 1, side: "source" }]);

  put(checkout, "src/one.ts", lines("four = 5"));
  git(checkout, "commit", "-qam", "The same line");
  const third = source.release();
  expect(await third.changes.problemOf(again)).toBe("Banyan has changed since this was checked");
  const release = await third.repository.permanent();
  await expect(third.check(folder)).rejects.toThrow(
    `Banyan has changed, and has other versions of src/one.ts: commit your work, run \`git merge origin/permanent\` (check_change has fetched it), resolve the conflicts, then check and propose with base ${release}.`,
  );
  // As the sentence says.
  git(work, "commit", "-qam", "Mine");
  expect(() => git(work, "merge", "-q", "origin/permanent")).toThrow();
  expect(git(work, "status", "--porcelain")).toMatch(/^UU src\/one.ts$/m);
  put(work, "src/one.ts", lines("four = 445"));
  git(work, "commit", "-qam", "Both");
  await expect(third.check(folder)).rejects.toThrow("other versions of src/one.ts");
  const merged = await proposed(third, { ...folder, base: release });
  expect(merged).toMatchObject({ branch: "self/task/3", base: release });
  expect(merged.files).toEqual([
    { path: "src/one.ts", change: "modified", additions: 1, deletions: 1, side: "source" },
  ]);
  expect(git(third.repository.gitDir, "show", `${merged.branch}:src/one.ts`)).toContain("four = 445;");
});

test("a base that is no commit of permanent is refused; one that was not merged shows in the change what it undoes", async () => {
  const { source, released, folder } = await cloned();
  const { git, put, checkout, work } = source;
  put(work, "src/one.ts", lines("four = 44"));
  git(work, "commit", "-qam", "Mine");
  const first = await proposed(released, folder);
  put(checkout, "src/one.ts", lines("four = 5"));
  git(checkout, "commit", "-qam", "The same line");
  const second = source.release();
  const release = await second.repository.permanent();
  const mine = git(work, "rev-parse", "HEAD");
  const tree = git(second.repository.gitDir, "rev-parse", `${release}^{tree}`);
  for (const base of [
    "",
    "permanent",
    "HEAD",
    "--all",
    release.slice(0, 12),
    "0".repeat(40),
    mine,
    tree,
    first.commit,
  ]) {
    const sentence = `${JSON.stringify(base)} is no commit of origin/permanent: give as base`;
    await expect(second.check({ ...folder, base })).rejects.toThrow(sentence);
    await expect(second.changes.propose({ ...folder, base }, WORDS, signal)).rejects.toThrow(sentence);
  }
  const undoing = await proposed(second, { ...folder, base: release });
  expect(undoing.patch).toContain("-export const four = 5;\n+export const four = 44;");
});

test("a new release is in the copy as origin/permanent, also when the change fits it; without a repository it is refused", async () => {
  const { source, released, folder } = await cloned();
  const { git, put, checkout, work } = source;
  put(work, "src/one.ts", lines("four = 44"));
  expect((await released.check(folder)).hasMoved).toBe(false);
  put(checkout, "src/other.ts", "export const other = 9;\n");
  git(checkout, "commit", "-qam", "Elsewhere");
  const second = source.release();
  const release = await second.repository.permanent();
  expect(git(work, "rev-parse", "origin/permanent")).not.toBe(release);
  expect((await second.check(folder)).hasMoved).toBe(true);
  expect(git(work, "rev-parse", "origin/permanent")).toBe(release);
  expect(git(work, "show", "origin/permanent:src/other.ts")).toBe("export const other = 9;");
  expect((await second.check({ ...folder, base: release }, { quick: true })).hasMoved).toBe(false);
  rmSync(join(work, ".git"), { recursive: true });
  await expect(second.check(folder)).rejects.toThrow(
    'Banyan has changed, and origin/permanent cannot follow: There is no git repository in "."',
  );
});

test("a check waits for the one before it, and one that is stopped while it waits counts as no gate run", async () => {
  const source = copiedSource();
  onTestFinished(source.end);
  // A gate that never ends by itself.
  source.put(source.checkout, ".banyan/gates.yaml", 'commands: { rules: "while true; do sleep 0.1; done" }\n');
  source.git(source.checkout, "commit", "-qam", "Slow");
  const { check, clone } = source.release();
  const folder = await clone();
  source.put(source.work, "src/one.ts", lines("four = 44"));
  const stop = new AbortController();
  const begin = (line: string) => {
    const said = gate();
    const onLine = (text: string) => text === line && said.open();
    const ended = check(folder, { signal: stop.signal, onLine }).catch((error: Error) => error.message);
    return { said: said.opened, ended };
  };
  const running = begin("rules …");
  await running.said;
  const waiting = begin("waiting for another check …");
  await waiting.said;
  stop.abort(new Error("Stopped by a person."));
  expect(await Promise.all([running.ended, waiting.ended])).toEqual(["Stopped by a person.", "Stopped by a person."]);
  expect(source.gateRuns()).toBe(1);
});

test("a check that is lost says that the change is not at fault, and costs none of the day's runs until three are lost", async () => {
  const { source, released, folder } = await cloned();
  source.put(source.work, "src/one.ts", lines("four = 44"));
  const lost = (): Promise<string> => {
    // What the gates write goes nowhere, as on a full disk.
    const onLine = (line: string) => {
      if (line === "rules …") rmSync(join(source.dataDir, "self", "evidence"), { recursive: true });
    };
    return released.check(folder, { onLine }).then(
      () => "passed",
      (error: Error) => error.message,
    );
  };
  const notAtFault =
    "The gates ended without a report, so nothing is known about this change, and it is not at fault. This check does not count among today's full gate runs. Check it again. They said last: The gates could not be run: ENOENT";
  for (let checks = 1; checks <= 3; checks++) {
    expect(await lost()).toContain(notAtFault);
    expect(source.gateRuns()).toBe(0);
  }
  expect(await lost()).toContain("It counts among today's full gate runs, because 3 were lost today already.");
  expect(source.gateRuns()).toBe(1);
});

test("a branch, a commit or evidence that is swapped after the check can no longer be approved", async () => {
  const { source, released, folder } = await cloned();
  const { git, put, work } = source;
  put(work, "src/one.ts", "export const one = 3;\n");
  const change = await proposed(released, folder);
  const { gitDir } = released.repository;
  git(gitDir, "update-ref", `refs/heads/${change.branch}`, change.base);
  expect(await released.changes.problemOf(change)).toBe(`The branch ${change.branch} is no longer what was proposed`);
  git(gitDir, "update-ref", `refs/heads/${change.branch}`, change.commit);
  expect(await released.changes.problemOf({ ...change, tree: change.base })).toMatch(/no longer what was proposed/);
  const file = join(change.gates.evidence, "rules.json");
  const before = readFileSync(file, "utf8");
  writeFileSync(file, before.replace("passed", "failed"));
  expect(await released.changes.problemOf(change)).toMatch(/What the gates saw/);
  writeFileSync(file, before);
  expect(await released.changes.problemOf(change)).toBeNull();
  rmSync(change.gates.evidence, { recursive: true });
  expect(await released.changes.problemOf(change)).toMatch(/What the gates saw/);
});

function relinked(work: string): void {
  rmSync(join(work, "README.md"));
  symlinkSync("src/one.ts", join(work, "README.md"));
}
