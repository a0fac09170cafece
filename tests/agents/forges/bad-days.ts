/** Bad days of forges, which are the same on every one: killed at every step, keys in a change, limits, forged deliveries. */
import { expect } from "vitest";
import { takeDelivery } from "@/agents/forges/hook";
import type { ForgeKind } from "@/core/shapes/forges";
import { ForgeError } from "@/lib/forges/port";
import { call } from "@/tests/agents/replies";
import { tester } from "@/tests/agents/scenario";
import type { ForgeServer } from "@/tests/forges/forge-server";
import { FILES, file, forgeWith, linked, RIGHT, work, write } from "./linked";
import { pullOf } from "./walks";

const LOST = { status: 502, data: { message: "The answer was lost." } };

/** Each request with an effect fails once before it has it, and once after. */
export function losing(forge: ForgeServer): Set<string> {
  const [before, after] = [new Set<string>(), new Set<string>()];
  const isNew = (seen: Set<string>, route: string) => !route.startsWith("GET ") && !seen.has(route) && seen.add(route);
  let asked = 0;
  forge.before = (route) => (isNew(before, `${route} ${asked}`) ? LOST : null);
  forge.after = (route) => {
    if (!isNew(after, `${route} ${asked}`)) return null;
    // The next comment is another one.
    if (route.endsWith("/comments") || route.endsWith("/notes")) asked += 1;
    return LOST;
  };
  return after;
}

const WRITING = ["claim", "change", "changeWithParts", "beginPull", "commented"] as const;
type Writing = (typeof WRITING)[number];

/** Each write about an issue is killed once before it is stored, and once after. */
export function killing(store: { forges: Record<Writing, (...given: never[]) => Promise<unknown>> }) {
  const killed = new Map<string, number>();
  for (const name of WRITING) {
    const real = store.forges[name];
    store.forges[name] = async (...given) => {
      const key = `${name} ${JSON.stringify(given)}`;
      const times = killed.get(key) ?? 0;
      killed.set(key, times + 1);
      if (times === 0) throw new ForgeError("Killed before.", "away");
      const done = await real(...given);
      if (times === 1) throw new ForgeError("Killed after.", "away");
      return done;
    };
  }
  return killed;
}

/** Lost and killed at every step: one tree, one branch, one pull request, each comment once. `isReviewed`: with a round more. */
export async function lostAndKilled(kind: ForgeKind, { isReviewed }: { isReviewed: boolean }): Promise<void> {
  const forge = await forgeWith(FILES, kind);
  const run = await linked(forge, { script: work([[write("sum.js", RIGHT)], [write("README.md", "Adds.\n")]]) });
  const rules = "label fix: *.js\nreview ann: *.js\nmerge 1 approval: **";
  await run.commands.linkForge({ id: "widgets", rules }, tester);
  const lost = losing(forge);
  const killed = killing(run.store);
  const number = forge.openIssue({ title: "The sum is wrong", by: "ann" });
  forge.label(number, "banyan", "ann");
  const { branch, tree } = await run.until(number, "open");
  const pull = pullOf(forge);
  if (isReviewed) {
    forge.review(pull.number, "ann", "changes", "Say it in the README.");
    await run.look(8);
    await run.until(number, "open");
    expect(file(forge, branch, "README.md")).toBe("Adds.\n");
  }
  forge.review(pull.number, "ann", "approved", "Fine.");
  // Only GitHub and Gitea say of which commit a review is; else a person merges what was changed after it was opened.
  if (isReviewed && kind === "gitlab") forge.merge(pull.number);
  const merged = await run.until(number, "merged");
  expect(pull).toMatchObject({ labels: ["fix"], pull: { merged: true, reviewers: ["ann"] } });
  expect(merged).toMatchObject({ branch, tree, rounds: isReviewed ? 1 : 0, pull: pull.number });
  expect((await run.trial.runtime.application.queries.listTrees()).items).toHaveLength(1);
  expect(forge.issues.filter(({ pull }) => pull)).toHaveLength(1);
  expect(forge.comments.filter(({ by }) => by === "banyan-bot")).toHaveLength(isReviewed ? 2 : 1);
  expect(lost.size).toBeGreaterThanOrEqual(isReviewed ? 5 : 4);
  // Claimed, working, open, working with words, without words, the comment, open, merged.
  expect(killed.size).toBeGreaterThanOrEqual(isReviewed ? 8 : 4);
  expect([...killed.values()].every((times) => times >= 2)).toBe(true);
  expect(forge.complaints).toEqual([]);
}

/** A change with a key is not pushed, a person is told once, and can ask again, on the issue and on its pull request. */
export async function keyIsKept(kind: ForgeKind): Promise<void> {
  const forge = await forgeWith(FILES, kind);
  // A key that an agent writes is redacted before it is written, so a command makes this one.
  const command = `{ printf 'export const sum = (a, b) => a + b; // %s_' ghp; echo ${"a1B2c3D4e5".repeat(4).slice(0, 36)}; } > sum.js`;
  const script = work([[call("use_terminal", { command })], [write("sum.js", RIGHT)]]);
  const run = await linked(forge, { script });
  const number = forge.openIssue({ title: "The sum is wrong", by: "ann" });
  forge.comment(number, "ann", "/banyan");
  const failed = await run.until(number, "failed");
  expect(failed.why).toContain("looks like a key");
  await run.look(3);
  // The comment that began it does not begin it again.
  expect(run.issue(number)?.state).toBe("failed");
  expect(forge.comments.map(({ body }) => body.includes("could not finish this"))).toEqual([false, true]);
  expect(forge.issues).toHaveLength(1);
  forge.comment(number, "eve", "/banyan push it");
  await run.look(2);
  expect(run.issue(number)?.state).toBe("failed");
  forge.comment(number, "ann", "/banyan Without the key, please.");
  await run.look(1);
  const open = await run.until(number, "open");
  expect(file(forge, open.branch, "sum.js")).toBe(RIGHT);
  // After a failure that is told on the pull request, the command counts there.
  await run.store.forges.change(open, { state: "failed" });
  forge.commentOnPull(open.pull ?? 0, "ann", "/banyan Once more.");
  await run.look(1);
  expect(run.issue(number)).toMatchObject({ state: "working", words: { text: "Once more." } });
  expect(forge.complaints).toEqual([]);
}

/** A forge at its limit is left alone until it says, a token with too few rights is said, and nothing is lost. */
export async function limitIsKept(kind: ForgeKind): Promise<void> {
  const forge = await forgeWith(FILES, kind);
  const run = await linked(forge, { script: work([[write("sum.js", RIGHT)]]) });
  const number = forge.openIssue({ title: "The sum is wrong", by: "ann" });
  forge.label(number, "banyan", "ann");
  const reset = Math.ceil(Date.now() / 1_000) + 900;
  forge.before = () => forge.limitedUntil(reset);
  await run.look(1);
  const asked = forge.requests.length;
  await run.trial.worker?.forges.check();
  await run.trial.worker?.forges.check();
  expect(forge.requests).toHaveLength(asked);
  expect(run.store.forges.link("widgets")).toMatchObject({
    nextAtMs: reset * 1_000,
    trouble: expect.stringContaining("accepts no more requests for now"),
  });
  forge.before = (route) => (route === forge.openPullRoute ? forge.tooFewRights : null);
  await run.until(number, "working");
  await run.trial.ended(run.issue(number)?.tree ?? "");
  await run.look(2);
  const forgeNow = await run.trial.runtime.application.queries.getForge("widgets");
  expect(forgeNow?.trouble).toContain("give the token the rights that docs/forges.md lists");
  expect(forgeNow?.issues[0]?.state).toBe("working");
  // Other work is looked for as often as before.
  expect((run.store.forges.link("widgets")?.nextAtMs ?? 0) - Date.now()).toBeLessThanOrEqual(60_000);
  const stuck = async () => (await run.trial.runtime.application.queries.getStatus()).stuck_forges;
  await run.look(1);
  expect(await stuck()).toMatchObject([
    { project: "widgets", host: forge.host, is_paused: false, sentence: forgeNow?.trouble },
  ]);
  forge.before = null;
  await run.until(number, "open");
  expect((await run.trial.runtime.application.queries.getForge("widgets"))?.trouble).toBeNull();
  expect(await stuck()).toEqual([]);
  await run.commands.pauseForge({ id: "widgets" }, tester);
  expect(await stuck()).toEqual([]);
  const before = forge.requests.length;
  await run.look(2);
  expect(forge.requests).toHaveLength(before);
  await run.commands.resumeForge({ id: "widgets" }, tester);
  pullOf(forge).open = false;
  await run.until(number, "closed");
}

/** Only a delivery that is signed with the project's secret makes its forge due, and one that comes again does no harm. */
export async function onlySignedCounts(kind: ForgeKind): Promise<void> {
  const forge = await forgeWith(FILES, kind);
  const run = await linked(forge, { script: work([]), work: false });
  const { security } = run.trial.runtime;
  const key = security.vault.get("forge/widgets") ?? "";
  const later = Date.now() + 60_000;
  const link = run.store.forges.link("widgets");
  if (!link) expect.fail("It is linked.");
  const rest = { login: null, etags: {}, commentsSinceMs: 0, trouble: null, failures: 0 };
  const due = async (project: string, headers: Record<string, string>, body = "{}") => {
    const now = run.store.forges.link("widgets") ?? link;
    await run.store.forges.looked(now, { ...rest, nextAtMs: later });
    const sources = { store: run.store, secret: (name: string) => security.vault.get(name), now: () => later - 1 };
    const taken = await takeDelivery(sources, { project, headers, body });
    return [taken, run.store.forges.link("widgets")?.nextAtMs === later - 1];
  };
  const right = forge.signed("{}", key);
  expect(await due("widgets", right)).toEqual([true, true]);
  expect(await due("widgets", right)).toEqual([true, true]);
  expect(await due("widgets", right, '{"action":"opened"}')).toEqual([false, false]);
  expect(await due("widgets", {})).toEqual([false, false]);
  expect(await due("widgets", forge.signed("{}", ""))).toEqual([false, false]);
  expect(await due("widgets", forge.signed("{}", "whsec_another"))).toEqual([false, false]);
  expect(await due("other", right)).toEqual([false, false]);
  // One that comes while a look goes on is not lost with the look's end.
  await run.store.forges.makeDue(link.id, later - 10);
  const read = run.store.forges.link("widgets") ?? link;
  const sources = { store: run.store, secret: (name: string) => security.vault.get(name), now: () => later - 1 };
  await takeDelivery(sources, { project: "widgets", headers: right, body: "{}" });
  await run.store.forges.looked(read, { ...rest, nextAtMs: later });
  expect(run.store.forges.link("widgets")?.nextAtMs).toBe(later - 1);
  await run.commands.unlinkForge({ id: "widgets" }, tester);
  expect(security.vault.get("forge/widgets")).toBeNull();
}
