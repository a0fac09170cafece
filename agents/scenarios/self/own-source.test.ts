/** An agent changes Banyan's own source, checks the change and proposes it; a person approves or rejects it. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { LauncherChannel } from "@/lib/process/launcher-channel";
import { createSnapshotStore } from "@/lib/snapshots/store";
import { call, endTask } from "@/tests/agents/replies";
import {
  logOf,
  requestsOf,
  responsesOf,
  resultsIn,
  type TaskReplies,
  tester,
  trialsOfThisFile,
  until,
} from "@/tests/agents/scenario";
import type { Trial } from "@/tests/agents/trial";
import { withdrawStale } from "../../commands/proposals";
import { createSelfChanges } from "../../self/changes";
import { openSelfRepository } from "../../self/repository";
import { copiedSource } from "../../self/testing/copied-source";

const start = trialsOfThisFile();
const LONG_MS = 600_000;
const SELF = { url: "banyan:self" };

const ALWAYS_ON = {
  refuseWhileOff: () => {},
  whileOn: <T>(signal: AbortSignal, work: (given: AbortSignal) => Promise<T>) => work(signal),
};
const NO_LIMIT = { refuseWhenUsed: () => {}, begin: async () => {}, giveBack: async () => "" };
const EDIT = call("edit_file", { path: "src/one.ts", old_text: "three = 3", new_text: "three = 33" });
const ADD_TEST = call("write_file", { path: "src/one.test.ts", content: "export {};\n" });
const propose = (base?: string) =>
  call("propose_change", {
    title: "Three is what people mean by three",
    why: "In tree abc123 five tasks failed, because three was 3 and they expected 33.",
    expects: { metric: "failed tasks", direction: "down", amount: "all", measured: "count failures after a week" },
    base,
  });
const PROPOSE = propose();
const GIT = "git -c user.name=Agent -c user.email=agent@example.org";
const CONFLICT = `<<<<<<< HEAD
export const three = 33;
=======
export const three = 30;
>>>>>>> origin/permanent
`;

function source() {
  const made = copiedSource();
  onTestFinished(made.end);
  return made;
}

/** Starts a task on a copy of the source, whose gates are `gates`. */
async function begun(root: TaskReplies, gates?: string) {
  const { checkout, put, git } = source();
  if (gates !== undefined) {
    put(checkout, ".banyan/gates.yaml", gates);
    git(checkout, "commit", "-qam", "Other gates");
  }
  const trial = await start({ root }, { runtime: { source: checkout } });
  const tree = await trial.submit({ task: "root", agent: "banyan_developer", repository: SELF });
  const { commands, queries } = trial.runtime.application;
  return { checkout, put, git, trial, commands, queries, id: tree.id, root: tree.root_task_id };
}

async function openProposal(trial: Trial) {
  const { queries } = trial.runtime.application;
  return until(
    async () => (await queries.listReviews({ open: true })).items.find(({ kind }) => kind === "proposal"),
    "a proposal is open",
    LONG_MS,
  );
}

/** Resolves with the first approved change that a launcher gets. */
async function givenToLauncher({ runtime }: Trial): Promise<unknown> {
  let end = () => {};
  const given = await new Promise((resolve) => {
    end = runtime.watchReleases({ release: resolve } as unknown as LauncherChannel, () => false);
  });
  end();
  return given;
}

test(
  "a change is made, checked, proposed, seen as a diff and approved, and its branch is ready to take",
  async () => {
    const { checkout, git, trial, commands, queries, id, root } = await begun([
      EDIT,
      ADD_TEST,
      call("check_change", {}),
      PROPOSE,
      endTask("proposed"),
    ]);
    const review = await openProposal(trial);
    const checked = JSON.parse(resultsIn(requestsOf(trial, "root")[3])[0] ?? "{}");
    expect(checked).toMatchObject({ outcome: "passed", files: 2 });
    const item = await queries.getReviewItem(review.id, tester);
    expect(item.proposal).toMatchObject({ kind: "code", name: `self/${root}/1`, proposed_by: "banyan_developer" });
    expect(item.proposal?.tested).toBeNull();
    expect(item.proposal?.parts[0]?.after).toContain("+export const three = 33;");
    const change = item.proposal?.change;
    expect(change).toEqual({
      title: "Three is what people mean by three",
      release: null,
      branch: `self/${root}/1`,
      commit: git(join(trial.dataDir, "self.git"), "rev-parse", `self/${root}/1`),
      base: git(checkout, "rev-parse", "HEAD"),
      files: [
        { path: "src/one.test.ts", change: "added", additions: 1, deletions: 0, side: "tests" },
        { path: "src/one.ts", change: "modified", additions: 1, deletions: 1, side: "source" },
      ],
      gates: expect.any(Array),
      flags: [],
      packages: [],
      expects: { metric: "failed tasks", direction: "down", amount: "all", measured: "count failures after a week" },
      others_approved: { changes: 0, lines: 0 },
      pull: null,
      stage: {
        word: "To decide",
        sentence: "The gates have passed it, and it waits for a reviewer. Nothing of it runs before an approval.",
        commands: [`npx banyan approve ${review.id}`, `npx banyan reject ${review.id} --reason "…"`],
      },
    });
    const gateOf = (name: string) => change?.gates.find(({ gate }) => gate === name);
    expect(gateOf("scope")).toEqual({
      gate: "scope",
      outcome: "passed",
      required: true,
      flags: 0,
      faults: 0,
      summary: "2 files changed, 0 of them guarded.",
      seconds: expect.any(Number),
    });
    expect(gateOf("rules")?.outcome).toBe("passed");
    expect(gateOf("bench")?.outcome).toBe("off");
    expect(item.may_not.approve).toBeNull();
    expect(item.follows.approve).toContain("Nothing of it runs until you take it");

    const { sentence } = await commands.decide({ id: review.id, decision: "approved", reason: "Good." }, tester);
    const { proposal: decided } = await queries.getReviewItem(review.id, tester);
    const pull = decided?.change?.pull ?? "";
    expect(sentence).toContain(`\`${pull}\``);
    expect((await trial.ended(id, LONG_MS)).status).toBe("succeeded");
    expect(responsesOf(await logOf(trial, root)).at(-2)).toContain('\\"status\\":\\"approved\\"');
    const evidence = expect.stringContaining(join("self", "evidence"));
    const gates = expect.stringMatching(/^[0-9a-f]{64}$/);
    const given = { item: review.id, commit: change?.commit, by: tester.name, gates, evidence };
    expect(await givenToLauncher(trial)).toEqual(given);
    // As the person is told to do it.
    execFileSync("sh", ["-c", pull], { cwd: checkout, stdio: "pipe" });
    expect(git(checkout, "show", "HEAD:src/one.ts")).toContain("three = 33");
  },
  LONG_MS,
);

test(
  "a rejection reaches the task, which proposes another change; flags need an admin; swapped evidence is refused",
  async () => {
    const { trial, commands, queries, id, root } = await begun(
      [
        EDIT,
        PROPOSE,
        call("check_change", {}),
        PROPOSE,
        call("write_file", { path: "src/other.ts", content: "export const other = 1;\n" }),
        call("check_change", {}),
        PROPOSE,
        endTask("done"),
      ],
      'guarded: ["src/other.ts"]\n',
    );
    const first = await openProposal(trial);
    expect(responsesOf(await logOf(trial, root)).join("\n")).toContain("This content has not been checked");
    await commands.decide({ id: first.id, decision: "rejected", reason: "Not this line." }, tester);
    const second = await until(
      async () => {
        const open = await openProposal(trial);
        return open.id === first.id ? undefined : open;
      },
      "the second proposal is open",
      LONG_MS,
    );
    const { proposal, may_not: adminMayNot } = await queries.getReviewItem(second.id, tester);
    expect(proposal?.name).toBe(`self/${root}/2`);
    expect(proposal?.hazards).toEqual(["scope: src/other.ts A guarded file is modified."]);
    expect(proposal?.change?.flags).toEqual([
      { gate: "scope", path: "src/other.ts", line: null, text: "A guarded file is modified." },
    ]);
    expect(proposal?.change?.gates.find(({ gate }) => gate === "scope")).toMatchObject({ flags: 1, faults: 0 });
    expect(adminMayNot).toMatchObject({ decide: null, approve: null });
    const mia = { id: "user:2", name: "Mia", role: "reviewer" } as const;
    const refusal = "The gates raised flags on this change, so only an admin can approve it.";
    expect((await queries.getReviewItem(second.id, mia)).may_not).toMatchObject({ decide: null, approve: refusal });
    await expect(commands.decide({ id: second.id, decision: "approved", reason: "" }, mia)).rejects.toThrow(refusal);
    rmSync(join(trial.dataDir, "self", "evidence"), { recursive: true });
    await expect(commands.decide({ id: second.id, decision: "approved", reason: "" }, tester)).rejects.toThrow(
      "What the gates saw is no longer there, or was changed: reject the proposal; its task can check and propose the change again.",
    );
    await commands.decide({ id: second.id, decision: "rejected", reason: "" }, tester);
    expect((await trial.ended(id, LONG_MS)).status).toBe("succeeded");
  },
  LONG_MS,
);

test("a proposal for a release that no longer runs is withdrawn, and its task proposes the change anew", async () => {
  const again = [call("check_change", {}), PROPOSE, endTask("proposed twice")];
  const { checkout, put, git, trial, commands, queries, id, root } = await begun([
    EDIT,
    call("check_change", {}),
    PROPOSE,
    ...again,
  ]);
  const { runtime, dataDir } = trial;
  const first = await openProposal(trial);
  put(checkout, "src/other.ts", "export const other = 5;\n");
  git(checkout, "commit", "-qam", "Another release");
  const snapshots = createSnapshotStore({ dir: join(dataDir, "snapshots") });
  const repository = openSelfRepository({ dataDir, program: checkout, checkout, isWorker: true });
  const self = createSelfChanges({
    dataDir,
    program: process.cwd(),
    repository,
    snapshots,
    power: ALWAYS_ON,
    limit: NO_LIMIT,
    isFirstEnough: () => false,
  });
  await withdrawStale({ store: runtime.store }, self);
  expect((await queries.getReview(first.id)).status).toBe("withdrawn");
  await expect(commands.decide({ id: first.id, decision: "approved", reason: "" }, tester)).rejects.toThrow(
    "Already decided (withdrawn).",
  );
  const second = await openProposal(trial);
  expect(second.id).not.toBe(first.id);
  const log = responsesOf(await logOf(trial, root)).join("\n");
  expect(log).toContain("Banyan has changed since this was checked. Call check_change, which fetches origin/permanent");
  await commands.decide({ id: second.id, decision: "rejected", reason: "" }, tester);
  expect((await trial.ended(id, LONG_MS)).status).toBe("succeeded");
}, 600_000);

test("another release changed the same line: the task merges it as it is told, and that change is approved", async () => {
  const check = (base?: string) => call("check_change", { base });
  const merge = call("use_terminal", { command: `${GIT} commit -qam Mine; ${GIT} merge origin/permanent` });
  const resolve = call("edit_file", {
    path: "src/one.ts",
    old_text: CONFLICT,
    new_text: "export const three = 333;\n",
  });
  let release = "";
  const before = await begun(({ turn, lastToolResults: [said] }) => {
    release ||= /then check and propose with base ([0-9a-f]{40})\./.exec(said?.content ?? "")?.[1] ?? "";
    const replies = [
      EDIT,
      check(),
      PROPOSE,
      check(),
      merge,
      resolve,
      check(release),
      propose(release),
      endTask("merged"),
    ];
    return replies[turn] ?? endTask("too many turns");
  });
  const { checkout, put, git, id, root } = before;
  const { dataDir, provider, worker } = before.trial;
  const first = await openProposal(before.trial);
  await worker?.stop(1_000);

  const line = "export const three = 3;\n";
  const other = readFileSync(join(checkout, "src/one.ts"), "utf8").replace(line, "export const three = 30;\n");
  put(checkout, "src/one.ts", other);
  git(checkout, "commit", "-qam", "Another release");
  const trial = await start(null, { dataDir, ...(provider && { provider }), runtime: { source: checkout } });
  const { commands, queries } = trial.runtime.application;
  await trial.runtime.followRelease();
  expect((await queries.getReview(first.id)).status).toBe("withdrawn");
  const second = await openProposal(trial);
  expect(release).toBe(git(checkout, "rev-parse", "HEAD"));
  const { proposal } = await queries.getReviewItem(second.id, tester);
  expect(proposal?.change).toMatchObject({ branch: `self/${root}/2`, base: release });
  expect(proposal?.parts[0]?.after).toContain("-export const three = 30;\n+export const three = 333;\n");
  const log = responsesOf(await logOf(trial, root)).join("\n");
  expect(log).toContain("Banyan has changed, and has other versions of src/one.ts: commit your work");
  await commands.decide({ id: second.id, decision: "approved", reason: "" }, tester);
  expect((await trial.ended(id, LONG_MS)).status).toBe("succeeded");
}, 600_000);

test("switched off: a running check ends, nothing is proposed, copied or approved, and only an admin switches it on", async () => {
  const { trial, commands, queries, id, root } = await begun(
    [
      EDIT,
      call("check_change", {}),
      PROPOSE,
      call("write_file", { path: "src/slow.ts", content: "1\n" }),
      call("check_change", {}),
      PROPOSE,
      endTask("switched off"),
    ],
    // A gate that never ends by itself.
    'commands: { rules: "while [ -f src/slow.ts ]; do sleep 0.1; done" }\n',
  );
  const first = await openProposal(trial);
  await commands.switchSelfOff({ reason: "It is odd" }, tester);
  const off = 'off by tester: It is odd. An admin switches them on with "banyan self on".';
  await expect(commands.decide({ id: first.id, decision: "approved", reason: "" }, tester)).rejects.toThrow(off);
  await expect(trial.submit({ task: "root", agent: "worker", repository: SELF })).rejects.toThrow(off);
  await expect(commands.switchSelfOff({ reason: "" }, tester)).rejects.toThrow("tester has already switched it off.");
  await commands.switchSelfOn({}, tester);
  expect(await queries.getSelf()).toEqual({
    off: null,
    gate_runs: expect.objectContaining({ most: 12 }),
    releases: null,
  });
  await commands.decide({ id: first.id, decision: "rejected", reason: "" }, tester);
  const checks = () => readdirSync(join(trial.dataDir, "self", "evidence")).length;
  await until(async () => checks() > 1 || undefined, "the second check runs", LONG_MS);
  await commands.switchSelfOff({ reason: "Again" }, tester);
  expect((await trial.ended(id, LONG_MS)).status).toBe("succeeded");
  const said = responsesOf(await logOf(trial, root)).slice(-3, -1);
  for (const line of said) expect(line).toContain("off by tester: Again.");
}, 600_000);

test("twelve full gate runs a day, also after a restart: quick checks do not count, and the next day begins anew", async () => {
  const { checkout } = source();
  let offsetMs = Date.parse("2030-01-01T12:00:00Z") - Date.now();
  const now = () => Date.now() + offsetMs;
  const quick = call("check_change", { quick: true });
  const checks = [quick, call("check_change", {}), ADD_TEST, call("check_change", {}), quick];
  const script = {
    root: [EDIT, ...checks, endTask("checked")],
    next: [EDIT, call("check_change", {}), endTask("checked")],
  };
  const first = await start(script, { runtime: { source: checkout, now } });
  const { gateRuns } = first.runtime.store;
  for (let runs = 1; runs <= 12; runs++) expect(await gateRuns.begin(12)).toBe(true);
  // One was lost.
  expect([await gateRuns.giveBack(1), await gateRuns.giveBack(1)]).toEqual([true, false]);
  const root = await first.submit({ task: "root", agent: "banyan_developer", repository: SELF });
  expect((await first.ended(root.id, LONG_MS)).status).toBe("succeeded");
  const said = responsesOf(await logOf(first, root.root_task_id)).slice(1, 6);
  const used = "12 of 12 full gate runs used today; the next is possible from 2030-01-02T00:00:00.000Z.";
  for (const at of [0, 1, 4]) expect(JSON.parse(said[at] ?? "")).toMatchObject({ outcome: "passed" });
  expect(said[3]).toBe(`${used} A check with quick is still possible.`);
  const usedUp = { off: null, gate_runs: { used: 12, most: 12, again_at: "2030-01-02T00:00:00.000Z" }, releases: null };
  expect(await first.runtime.application.queries.getSelf()).toEqual(usedUp);
  await first.worker?.stop(1_000);

  const { dataDir, provider } = first;
  const second = await start(null, { dataDir, ...(provider && { provider }), runtime: { source: checkout, now } });
  const { queries } = second.runtime.application;
  expect(await queries.getSelf()).toEqual(usedUp);
  offsetMs += 12 * 3_600_000;
  expect((await queries.getSelf()).gate_runs).toEqual({ used: 0, most: 12, again_at: null });
  const next = await second.submit({ task: "next", agent: "banyan_developer", repository: SELF });
  await second.ended(next.id, LONG_MS);
  expect((await queries.getSelf()).gate_runs.used).toBe(1);
}, 600_000);

test("while the file is there, nobody switches on, and the attempt changes nothing", async () => {
  const { runtime, dataDir } = await start(null, { work: false });
  const { commands, queries } = runtime.application;
  await commands.switchSelfOff({ reason: "It is odd" }, tester);
  const file = join(dataDir, "self", "halt");
  mkdirSync(join(dataDir, "self"));
  writeFileSync(file, "");
  await expect(commands.switchSelfOn({}, tester)).rejects.toThrow(
    `The file ${file} is there. Remove it to allow them.`,
  );
  rmSync(file);
  expect((await queries.getSelf()).off).toMatchObject({ by: "tester", reason: "It is odd" });
  await commands.switchSelfOn({}, tester);
  expect(await queries.getSelf()).toEqual({
    off: null,
    gate_runs: expect.objectContaining({ most: 12 }),
    releases: null,
  });
  await expect(commands.switchSelfOn({}, tester)).rejects.toThrow("Nothing to switch on");
});

test(
  "a folder that is no copy of the source cannot be proposed, and the source has one branch",
  async () => {
    const { checkout } = source();
    const trial = await start(
      { root: [call("check_change", {}), PROPOSE, endTask("no")] },
      { runtime: { source: checkout } },
    );
    const { id, root_task_id: root } = await trial.submit({ task: "root", agent: "banyan_developer" });
    await trial.ended(id, LONG_MS);
    const said = responsesOf(await logOf(trial, root));
    for (const line of said.slice(0, 2)) expect(line).toContain("Only a copy of Banyan's own source can be proposed");
    await expect(
      trial.submit({ task: "root", agent: "worker", repository: { ...SELF, branch: "main" } }),
    ).rejects.toThrow("banyan:self has one branch, permanent: name no branch.");
  },
  LONG_MS,
);

test(
  "commands see the installed packages of the release, read-only, and only in a copy of the source",
  async () => {
    const { checkout } = source();
    const list = call("use_terminal", {
      command: "ls node_modules/typescript/package.json; touch node_modules/x 2>&1; echo done",
    });
    const trial = await start({ root: [list, endTask("seen")] }, { runtime: { source: checkout } });
    const of = async (repository?: typeof SELF) => {
      const { id, root_task_id: root } = await trial.submit({ task: "root", agent: "banyan_developer", repository });
      await trial.ended(id, LONG_MS);
      return responsesOf(await logOf(trial, root))[0] ?? "";
    };
    const copy = await of(SELF);
    expect(copy).toContain("node_modules/typescript/package.json");
    expect(copy).toContain("Read-only file system");
    expect(await of()).toContain("No such file or directory");
  },
  LONG_MS,
);
