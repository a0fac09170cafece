/** An approved change that another release overtakes is carried over by the server and compared by the launcher. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { tellLauncher } from "./home.mjs";
import { readJournal } from "./journal.mjs";
import type { Release } from "./state.mjs";
import { type Checkout, makeCheckout, type Proposed, type Running, releaseIn, say, stateIn } from "./testing/checkout";
import { QUICK, stateOf, UNHURRIED } from "./testing/serving";

/** A file of twenty lines, some of them replaced. */
function lines(changed: Record<number, string>): string {
  return Array.from({ length: 20 }, (_, at) => `${changed[at + 1] ?? `line ${at + 1}`}\n`).join("");
}

async function begun(limits = {}) {
  const checkout = makeCheckout({ limits: { ...QUICK, ...UNHURRIED, ...limits } });
  writeFileSync(path.join(checkout.root, "notes.txt"), lines({}));
  const running = await checkout.start();
  await expect.poll(() => stateOf(checkout, 1)).toBe("permanent");
  return { checkout, running };
}

function git({ data }: Checkout, ...args: string[]): string {
  const identity = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org", "-c", "safe.directory=*"];
  const gitDir = path.join(data, "self.git");
  return execFileSync("git", ["--git-dir", gitDir, ...identity, ...args], { encoding: "utf8" }).trim();
}

const change = (checkout: Checkout, item: string, files: Record<string, string>): Proposed => ({
  ...checkout.propose("", files),
  item,
});

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

interface Judgement {
  outcome?: string;
  flags?: string[];
  head?: string;
}

/** Writes the gates' report on a commit, as the gates do. */
function judged({ data }: Checkout, commit: string, { outcome = "passed", flags = [], head = commit }: Judgement = {}) {
  const evidence = path.join(data, `carried-${commit}-${sha256(JSON.stringify([outcome, flags, head])).slice(0, 8)}`);
  mkdirSync(evidence, { recursive: true });
  const scope = JSON.stringify({ findings: flags.map((text) => ({ kind: "flag", path: "a.ts", line: 1, text })) });
  writeFileSync(path.join(evidence, "scope.json"), scope);
  const digest = sha256(`scope ${sha256(scope)}\n`);
  const report = { outcome, digest, head: { commit: head }, gates: [{ gate: "scope", digest: sha256(scope) }] };
  writeFileSync(path.join(evidence, "report.json"), JSON.stringify(report));
  return { gates: digest, evidence };
}

/** Commits a tree on another release, as the server does. */
const commitOn = (checkout: Checkout, base: string, tree: string) =>
  git(checkout, "commit-tree", tree, "-p", base, "-m", "a change");

/** Carries a change over to the release of another one. */
function carriedTo(checkout: Checkout, former: Proposed, release: string, more: Judgement & { tree?: string } = {}) {
  const base = git(checkout, "rev-parse", `${former.commit}^`);
  const ours = commitOn(checkout, base, `${release}^{tree}`);
  const tree = more.tree ?? git(checkout, "merge-tree", "--write-tree", ours, former.commit);
  const commit = commitOn(checkout, release, tree);
  return { ...former, commit, ...judged(checkout, commit, more), carried: former.commit };
}

const ofCommit = ({ home }: Checkout, commit: string): Release[] =>
  stateIn(home).releases.filter((release) => release.commit === commit);
const last = (checkout: Checkout, commit: string) => ofCommit(checkout, commit).at(-1);

/** Approves all at once, and waits until the first is permanent and the others wait to be carried over. */
async function overtaken(checkout: Checkout, { port }: Running, [first, ...others]: Proposed[]) {
  for (const other of [first, ...others]) {
    if (!other) continue;
    await say(port, other);
    await expect.poll(() => last(checkout, other.commit)).toBeDefined();
    // Before the others come, which would go first otherwise.
    if (other === first && releaseIn(checkout.home, 2)?.proposal?.guardedFiles.length)
      await tellLauncher(checkout.home, { command: "confirm", n: 2, by: "Ann" });
  }
  await expect.poll(() => stateOf(checkout, 2)).toBe("permanent");
  for (const { commit } of others)
    await expect.poll(() => last(checkout, commit)).toMatchObject({ state: "dropped", stale: true });
}

const notes = ({ home }: Checkout, n: number) => readFileSync(path.join(home, `releases/${n}/notes.txt`), "utf8");

/** SIGKILL of the launcher, then another start. */
async function killed(checkout: Checkout, running: Running): Promise<Running> {
  running.child.kill("SIGKILL");
  await running.ended;
  return checkout.start();
}

test("two approved at once, and a kill at each step: the second is carried over once, with the approval that it had", async () => {
  const { checkout, running } = await begun();
  const first = change(checkout, "first", { "notes.txt": lines({ 1: "FIRST" }) });
  const second = change(checkout, "second", { "notes.txt": lines({ 18: "SECOND" }) });
  await overtaken(checkout, running, [first, second]);
  expect(releaseIn(checkout.home, 3)?.why).toBe("Another release became permanent after it was checked.");
  const again = await killed(checkout, running);
  expect(releaseIn(checkout.home, 3)?.stale).toBe(true);
  // The server cannot change whose approval it was.
  const carried = { ...carriedTo(checkout, second, first.commit), by: "Mallory" };
  await say(again.port, carried);
  await expect.poll(() => last(checkout, carried.commit)?.state).toBeDefined();
  const third = await killed(checkout, again);
  await say(third.port, carried);
  await expect.poll(() => stateOf(checkout, 4)).toBe("permanent");
  expect(notes(checkout, 4)).toBe(lines({ 1: "FIRST", 18: "SECOND" }));
  expect(releaseIn(checkout.home, 4)?.proposal).toMatchObject({
    item: "second",
    by: "Ann",
    carried: { from: second.commit, times: 1 },
  });
  expect(releaseIn(checkout.home, 3)).toMatchObject({ state: "dropped", stale: false });
  expect(ofCommit(checkout, carried.commit)).toHaveLength(1);
  const line = readJournal(checkout.home).findLast(({ what, release }) => what === "approved" && release?.n === 4);
  expect(line).toMatchObject({ by: "Ann", why: `Carried over from ${second.commit.slice(0, 12)}, approved by Ann.` });
});

test("three approved at once: the third is carried over twice, and compared with the approved change", async () => {
  const { checkout, running } = await begun();
  const first = change(checkout, "first", { "notes.txt": lines({ 1: "FIRST" }) });
  const second = change(checkout, "second", { "notes.txt": lines({ 10: "SECOND" }) });
  const third = change(checkout, "third", { "notes.txt": lines({ 19: "THIRD" }) });
  await overtaken(checkout, running, [first, second, third]);
  const carried = carriedTo(checkout, second, first.commit);
  const overtakenAgain = carriedTo(checkout, third, first.commit);
  for (const answer of [carried, overtakenAgain]) await say(running.port, answer);
  await expect.poll(() => stateOf(checkout, 5)).toBe("permanent");
  await expect.poll(() => last(checkout, overtakenAgain.commit)).toMatchObject({ state: "dropped", stale: true });
  const twice = carriedTo(checkout, overtakenAgain, carried.commit);
  await say(running.port, twice);
  await expect.poll(() => last(checkout, twice.commit)?.state).toBe("permanent");
  expect(last(checkout, twice.commit)?.proposal?.carried?.times).toBe(2);
  expect(notes(checkout, 7)).toBe(lines({ 1: "FIRST", 10: "SECOND", 19: "THIRD" }));
});

test("a commit that is not the approved change is dropped with the reason, and released by another approval", async () => {
  // Long enough for all to be approved before the first of them begins.
  const { checkout, running } = await begun({ healthyMs: 20_000 });
  const mark = { "docs/GUARDED": "It decides.\n" };
  const first = change(checkout, "first", { "notes.txt": lines({ 1: "FIRST" }), ...mark });
  const made = (item: string, files: Record<string, string> = { [`${item}.txt`]: `${item}\n` }) =>
    change(checkout, item, files);
  const near = made("near", { "notes.txt": lines({ 4: "NEAR" }) });
  const conflict = made("conflict", { "notes.txt": lines({ 1: "MINE" }) });
  const guarded = made("guarded", { "docs/one.md": "one\n" });
  const [other, mode, flagged, failed, reused, unknown, unread] = [
    ...["other", "mode", "flagged", "failed", "reused", "unknown", "unread"].map((item) => made(item)),
  ] as [Proposed, Proposed, Proposed, Proposed, Proposed, Proposed, Proposed];
  const all = [first, near, conflict, guarded, other, mode, flagged, failed, reused, unknown, unread];
  await overtaken(checkout, running, all);
  const tree = (proposed: Proposed) => git(checkout, "rev-parse", `${proposed.commit}^{tree}`);
  const to = (proposed: Proposed, more: Judgement & { tree?: string } = {}) =>
    carriedTo(checkout, proposed, first.commit, more);
  const merged = (proposed: Proposed) =>
    git(checkout, "rev-parse", `${to(proposed, { head: "merged" }).commit}^{tree}`);
  const executable = git(checkout, "ls-tree", merged(mode)).replace(/^100644(.*\tmode\.txt)$/m, "100755$1");
  const gitDir = path.join(checkout.data, "self.git");
  const modeTree = execFileSync("git", ["--git-dir", gitDir, "mktree"], { input: `${executable}\n`, encoding: "utf8" });
  const cases: [Proposed & { carried: string }, RegExp][] = [
    [to(near), /^Carried over, it stands beside lines that another release has changed\.$/],
    [to(conflict, { tree: tree(conflict) }), /changes lines that another release has changed \(notes\.txt\)/],
    [to(guarded), /changes files that are guarded now \(docs\/one\.md\)/],
    [to(other, { tree: merged(unknown) }), /changes something else than what was approved/],
    [to(mode, { tree: modeTree.trim() }), /changes something else than what was approved/],
    [
      to(flagged, { flags: ["A look for tests."] }),
      /has flags that it did not have \(scope a\.ts A look for tests\.\)/,
    ],
    [to(failed, { outcome: "failed" }), /was not passed by the gates/],
    [to(reused, { head: reused.commit }), /was not passed by the gates/],
    [{ ...to(unknown), carried: "0".repeat(40) }, /No approved change waits to be carried over to it/],
    [{ ...to(unknown), item: "reused" }, /No approved change waits/],
    // The old approval has been used.
    [to(other), /No approved change waits/],
  ];
  for (const [proposed, why] of cases) {
    await say(running.port, proposed);
    await expect.poll(() => last(checkout, proposed.commit)?.why).toMatch(why);
    expect(last(checkout, proposed.commit)).toMatchObject({ state: "dropped", stale: false, needsApproval: true });
  }
  const before = stateIn(checkout.home).next;
  await say(running.port, { ...to(unread), carried: "HEAD" });
  // When they are sent again, they are still not approved.
  for (const [proposed] of cases.slice(0, 3)) await say(running.port, proposed);
  const [[nearCarried]] = cases as [[Proposed & { carried?: string }, RegExp]];
  const { carried: _, ...approved } = nearCarried;
  await say(running.port, approved);
  await expect.poll(() => stateOf(checkout, before)).toBe("permanent");
  expect(releaseIn(checkout.home, before)?.proposal).toMatchObject({ item: "near", by: "Ann" });
  expect(stateIn(checkout.home).next).toBe(before + 1);
});

test("a person's releases in between: a confirmation counts once, limits hold, and a change is carried over three times at most", async () => {
  // For this long nothing begins by itself.
  const { checkout, running } = await begun({ healthyMs: 3_600_000 });
  let approved = change(checkout, "item", { "launcher/main.mjs": "// nothing\n" });
  await say(running.port, approved);
  await expect.poll(() => stateOf(checkout, 2)).toBe("approved");
  for (const times of [1, 2, 3, 4]) {
    const { n } = last(checkout, approved.commit) ?? { n: 0 };
    await expect.poll(() => releaseIn(checkout.home, n)?.waits).toContain(`releases confirm ${n}`);
    await tellLauncher(checkout.home, { command: "confirm", n, by: "Ann" });
    await expect.poll(() => releaseIn(checkout.home, n)?.waits).toMatch(/serve for ten minutes/);
    writeFileSync(path.join(checkout.root, "notes.txt"), lines({ 1: `PERSON ${times}` }));
    await tellLauncher(checkout.home, { command: "restart", by: "Ann", contents: `notes ${times}` });
    await expect.poll(() => stateOf(checkout, n)).toBe("dropped");
    expect(releaseIn(checkout.home, n)?.stale).toBe(times < 4);
    if (times === 4) continue;
    const release = git(checkout, "rev-parse", `${change(checkout, "release", {}).commit}^`);
    approved = carriedTo(checkout, approved, release);
    await say(running.port, approved);
    await expect.poll(() => last(checkout, approved.commit)?.state).toBe("approved");
    const { n: next, proposal } = last(checkout, approved.commit) as Release;
    expect(proposal).toMatchObject({ confirmedBy: null, carried: { times } });
    await expect.poll(() => releaseIn(checkout.home, next)?.waits).toMatch(/before it was carried over does not count/);
  }
  expect(last(checkout, approved.commit)?.why).toMatch(/It was carried over 3 times already\.$/);
  // Nothing of it is carried over any more.
  const release = git(checkout, "rev-parse", `${change(checkout, "release", {}).commit}^`);
  const more = carriedTo(checkout, approved, release);
  await say(running.port, more);
  await expect.poll(() => last(checkout, more.commit)).toMatchObject({ state: "dropped", needsApproval: true });
});

test("a change is not carried over once changes are switched off; the limits of releases hold for a change that is", async () => {
  const { checkout, running } = await begun({ mostADay: 1 });
  const first = change(checkout, "first", { "notes.txt": lines({ 1: "FIRST" }) });
  const second = change(checkout, "second", { "notes.txt": lines({ 10: "SECOND" }) });
  const third = change(checkout, "third", { "notes.txt": lines({ 18: "THIRD" }) });
  await overtaken(checkout, running, [first, second, third]);
  const limited = carriedTo(checkout, second, first.commit);
  await say(running.port, limited);
  await expect.poll(() => last(checkout, limited.commit)?.waits).toMatch(/1 releases of agents in 24 hours/);
  const file = path.join(checkout.data, "self", "halt");
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, "");
  await expect.poll(() => last(checkout, third.commit)?.stale).toBe(false);
  expect(last(checkout, third.commit)?.why).toContain("switched off by the file");
  rmSync(file);
  const late = carriedTo(checkout, third, first.commit);
  await say(running.port, late);
  await expect.poll(() => last(checkout, late.commit)).toMatchObject({ state: "dropped", needsApproval: true });
});
