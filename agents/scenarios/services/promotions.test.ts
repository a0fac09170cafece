/** Promotions: planned, approved, deployed, shown to work, taken back, and killed at each step. */
import { mkdtempSync, readdirSync, realpathSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { guarded } from "@/agents/guard/guard";
import { ownerCalled } from "@/core/rules/roles";
import { production, reaching, repository, stage } from "@/tests/agents/promotions";
import { endTask } from "@/tests/agents/replies";
import { trialsOfThisFile } from "@/tests/agents/scenario";

const start = trialsOfThisFile();
const SCRIPT = { "*": endTask("Done.") };
const owner = ownerCalled("you");

test("a commit goes to production as its plan says and a person approves; its secrets and its plan are shown nowhere else", async () => {
  const site = await production();
  const trial = await start(SCRIPT, reaching(site));
  const { commands, queries, state, version, one, until, asked, promoted } = await stage(trial, site);
  const first = version("one");
  const id = await asked();
  expect(await one(id)).toMatchObject({
    commit: first,
    former: null,
    plan: expect.stringMatching(/^from {2}to one with \[\] and \[\[.+\]\]\n$/),
    asked_by: "you",
  });
  expect(state.sets).toEqual([]);
  await expect(commands.promote({ id: "shop", target: "production" }, owner)).rejects.toThrow(
    "Another promotion to production goes on",
  );
  await expect(commands.setTarget({ id: "shop", name: "production", deploy: null }, owner)).rejects.toThrow("goes on");
  await commands.approvePromotion({ id }, owner);
  await until(id, "done");
  expect(state.sets).toEqual(["one by a-token-of-production-1"]);
  const { text } = await queries.getPromotionLog(id);
  expect(text).toContain("$ curl");
  expect(text).not.toContain("a-token-of-production-1");
  await expect(commands.approvePromotion({ id }, owner)).rejects.toThrow("does not wait for a decision: it is done");
  const second = version("two");
  await until(await promoted(), "done");
  expect((await queries.listPromotions("shop")).targets).toMatchObject([{ name: "production", commit: second }]);
  const { promotion } = await commands.rollback({ id: "shop", target: "production" }, owner);
  await until(promotion, "asked");
  expect(await one(promotion)).toMatchObject({ kind: "rollback", commit: first, former: second });
  await commands.approvePromotion({ id: promotion }, owner);
  await until(promotion, "done");
  expect(state.version).toBe("one");
  // What ended leaves its log, and no files.
  const keptOf = (uid: string) => readdirSync(join(trial.dataDir, "promotions", uid));
  await expect.poll(() => keptOf(promotion), { timeout: 60_000 }).toEqual(["log"]);
  const rejected = await asked();
  await commands.rejectPromotion({ id: rejected, reason: "Not on a Friday." }, owner);
  expect(await one(rejected)).toMatchObject({ state: "rejected", why: "Not on a Friday." });
  await expect.poll(() => keptOf(rejected), { timeout: 60_000 }).toEqual(["log"]);
  expect(state.version).toBe("one");
  expect(trial.faults).toEqual([]);
}, 180_000);

test("a failing smoke test brings the former version back, and each other fault is said", async () => {
  const site = await production();
  const trial = await start(SCRIPT, reaching(site));
  const { commands, queries, state, version, target, one, until, asked, promoted } = await stage(trial, site);
  const first = version("one");
  state.isSick = () => true;
  const lonely = await promoted();
  await until(lonely, "failed");
  expect((await one(lonely))?.why).toMatch(
    /^The smoke test ended with exit status 22\. Nothing of Banyan's was there before/,
  );
  state.isSick = (now) => now === "bad";
  await until(await promoted(), "done");
  version("bad");
  const bad = await promoted();
  await until(bad, "taken_back");
  expect((await one(bad))?.why).toBe(
    `The smoke test ended with exit status 22. Version ${first.slice(0, 7)} is back and passes it.`,
  );
  expect(state.version).toBe("one");
  expect((await queries.listPromotions("shop")).targets).toMatchObject([{ commit: first, perhaps: null }]);
  // With a command of its own, and one that fails.
  await commands.setTarget({ ...target, rollback: "echo cannot >&2; exit 9" }, owner);
  const stuck = await promoted();
  await until(stuck, "failed");
  expect((await one(stuck))?.why).toBe(
    `The smoke test ended with exit status 22. Version ${first.slice(0, 7)} did not come back either: its command ended with exit status 9.`,
  );
  const unknown = { commit: null, perhaps: (await one(stuck))?.commit };
  expect((await queries.listPromotions("shop")).targets).toMatchObject([unknown]);
  const long = "echo begins; head -c 150000 /dev/zero | tr '\\0' x; echo; echo 1 to destroy; exit 3";
  await commands.setTarget({ ...target, plan: long }, owner);
  const { promotion: unplanned } = await commands.promote({ id: "shop", target: "production" }, owner);
  await until(unplanned, "failed");
  expect((await one(unplanned))?.why).toBe(
    "The plan of production ended with exit status 3. Nothing was changed there.",
  );
  expect((await one(unplanned))?.plan).toMatch(
    /^begins\nx+\n\n\[50,021 characters of the plan are left out here; its log has more\.\]\n\nx+\n1 to destroy\n$/,
  );
  await commands.setTarget({ ...target, plan_secrets: { READER: "never.set" } }, owner);
  const { promotion: keyless } = await commands.promote({ id: "shop", target: "production" }, owner);
  await until(keyless, "failed");
  expect((await one(keyless))?.why).toContain("There is no secret never.set in the vault");
  await commands.setTarget({ ...target, hosts: [] }, owner);
  const fenced = await asked();
  await commands.approvePromotion({ id: fenced }, owner);
  await until(fenced, "failed");
  expect(state.version).toBe("bad");
  await expect(commands.promote({ id: "shop", target: "moon" }, owner)).rejects.toThrow(
    'shop has no target "moon": there are production.',
  );
}, 240_000);

test("a version that comes back is judged by the smoke test of its own files", async () => {
  const site = await production();
  const trial = await start(SCRIPT, reaching(site));
  const { commands, version, target, one, until, promoted } = await stage(trial, site);
  const first = version("one", { "smoke.sh": `${target.smoke}` });
  await commands.setTarget({ ...target, smoke: "sh smoke.sh" }, owner);
  await until(await promoted(), "done");
  // It asks for what only it has, and finds a fault of its own.
  version("two", { "smoke.sh": `${target.smoke} | grep three` });
  for (const rollback of [undefined, target.deploy.replace("@version", "one")]) {
    await commands.setTarget({ ...target, smoke: "sh smoke.sh", ...(rollback && { rollback }) }, owner);
    const bad = await promoted();
    await until(bad, "taken_back");
    expect((await one(bad))?.why).toContain(`Version ${first.slice(0, 7)} is back and passes it.`);
  }
  expect(site.state.version).toBe("one");
}, 120_000);

test("an approval runs the commands that were there when its plan was printed", async () => {
  const site = await production();
  const trial = await start(SCRIPT, { work: false });
  const { commands, store, target } = await stage(trial, site);
  const [set] = store.promotions.targets("shop");
  const { promotion } = await commands.promote({ id: "shop", target: "production" }, owner);
  const other = { ...target, deploy: "make destroy" };
  const steps = ["preparing", "planning", "asked", "deploying", "smoking", "taking_back"] as const;
  for (const [index, state] of steps.slice(0, -1).entries()) {
    await expect(commands.setTarget(other, owner), state).rejects.toThrow("A promotion to production goes on");
    await store.promotions.set({ uid: promotion, state }, { state: steps[index + 1] ?? "failed" });
  }
  expect(store.promotions.targets("shop")).toEqual([set]);
  await commands.setTarget({ ...other, name: "staging" }, owner);
  // The way back may need a command that works.
  await commands.setTarget(other, owner);
  expect(store.promotions.targets("shop")).toMatchObject([{ deploy: "make destroy" }, { name: "staging" }]);
}, 60_000);

test("a version that cannot be brought back is named, beside why it had to be", async () => {
  const site = await production();
  const trial = await start(SCRIPT, reaching(site));
  const { commands, store, version, target, one, until, asked } = await stage(trial, site);
  const former = version("one");
  await commands.setTarget({ ...target, secrets: { TOKEN: "never.set" } }, owner);
  const id = await asked();
  const why = "The smoke test ended with exit status 22.";
  await store.promotions.set({ uid: id, state: "asked" }, { state: "taking_back", why, former });
  await until(id, "failed");
  expect((await one(id))?.why).toMatch(
    new RegExp(`^${why} Version ${former.slice(0, 7)} did not come back: There is no secret never\\.set in the vault`),
  );
}, 120_000);

test("the way back to a folder needs no branch, and is tried again for an hour while the folder is away", async () => {
  const site = await production();
  let shiftMs = 0;
  const trial = await start(SCRIPT, { ...reaching(site), runtime: { now: () => Date.now() + shiftMs } });
  const source = repository();
  const { commands, queries, state, git, version, one, until, promoted } = await stage(trial, site, source);
  const [own, away] = [join(source.folder, ".git"), join(source.folder, "away")];
  const first = version("one");
  state.isSick = (now) => now === "bad";
  await until(await promoted(), "done");
  git("checkout", "-q", "-b", "release-7");
  version("bad");
  git("checkout", "-q", "--detach");
  for (const end of ["taken_back", "failed"] as const) {
    git("branch", "-q", "-f", "release-7");
    const { promotion } = await commands.promote({ id: "shop", target: "production", branch: "release-7" }, owner);
    await until(promotion, "asked");
    git("branch", "-q", "-D", "release-7");
    renameSync(own, away);
    await commands.approvePromotion({ id: promotion }, owner);
    await expect.poll(() => trial.faults.length, { timeout: 60_000 }).toBe(1);
    expect(await one(promotion)).toMatchObject({ state: "taking_back", why: expect.stringContaining("smoke test") });
    expect((await queries.getPromotionLog(promotion)).text).toContain("is no git repository");
    if (end === "taken_back") renameSync(away, own);
    // While the folder is away an hour passes, in the steps of a server that is awake.
    await expect
      .poll(
        async () => {
          shiftMs += 60_000;
          await trial.worker?.promotions.check();
          return (await one(promotion))?.state;
        },
        { timeout: 120_000 },
      )
      .toBe(end);
    trial.faults.length = 0;
  }
  expect(state.version).toBe("bad");
  renameSync(away, own);
  const { promotion: back } = await commands.rollback({ id: "shop", target: "production" }, owner);
  await until(back, "asked");
  expect(await one(back)).toMatchObject({ commit: first, former: first });
  await commands.rejectPromotion({ id: back }, owner);
  await commands.setTarget({ id: "shop", name: "production", deploy: null }, owner);
  shiftMs += 61_000;
  await expect.poll(() => readdirSync(join(trial.dataDir, "promotions")), { timeout: 60_000 }).toEqual([]);
}, 300_000);

test("a way back leads to another commit, and a project stays while it goes on", async () => {
  const site = await production();
  const trial = await start(SCRIPT, { work: false });
  const { commands, queries, store, version } = await stage(trial, site);
  const [first, second] = [version("one"), version("two")];
  const [target] = store.promotions.targets("shop");
  const both = { targetId: target?.id ?? 0, kind: "promote", branch: null, askedBy: "you" } as const;
  // The second went there once more, because a secret had changed.
  for (const [uid, commit] of Object.entries({ a: first, b: second, c: second })) {
    await store.promotions.begin({ ...both, uid, commit });
    await store.promotions.set({ uid, state: "preparing" }, { state: "done" });
  }
  const { promotion } = await commands.rollback({ id: "shop", target: "production" }, owner);
  expect(store.promotions.get(promotion)?.commit).toBe(first);
  await expect(commands.removeProject({ id: "shop" }, owner)).rejects.toThrow("A promotion to production goes on");
  expect((await queries.listPromotions("shop")).targets).toHaveLength(1);
  await store.promotions.set({ uid: promotion, state: "preparing" }, { state: "failed" });
  const now = async () => (await queries.listPromotions("shop")).targets[0];
  expect(await now()).toMatchObject({ commit: second, perhaps: null });
  // Approved, and neither it nor the former version is known to be there.
  const third = version("three");
  await store.promotions.begin({ ...both, uid: "d", commit: third });
  await store.promotions.set({ uid: "d", state: "preparing" }, { state: "asked", former: second });
  await store.promotions.set({ uid: "d", state: "asked" }, { state: "failed", decidedBy: "you" });
  expect(await now()).toMatchObject({ commit: null, perhaps: third });
  const { promotion: back } = await commands.rollback({ id: "shop", target: "production" }, owner);
  expect(store.promotions.get(back)?.commit).toBe(second);
  await store.promotions.set({ uid: back, state: "preparing" }, { state: "taken_back", former: second });
  expect(await now()).toMatchObject({ commit: second, perhaps: null });
  expect((await commands.removeProject({ id: "shop" }, owner)).sentence).toContain("its targets");
  expect(store.promotions.get(promotion)).toBeNull();
}, 60_000);

test.each(["preparing", "planning", "deploying", "smoking", "taking_back"] as const)(
  "a server that is killed while a promotion is %s goes on with it at the next start",
  async (state) => {
    const dataDir = mkdtempSync(join(tmpdir(), "banyan-promotions-data-"));
    onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
    const site = await production();
    const first = await start(SCRIPT, { dataDir, ...reaching(site) });
    const { commands, store, version, promoted, until } = await stage(first, site);
    version("one");
    await until(await promoted(), "done");
    version("two");
    await first.worker?.promotions.stop();
    const { promotion } = await commands.promote({ id: "shop", target: "production" }, owner);
    // As a kill leaves it: its state, without its files.
    const row = store.promotions.get(promotion);
    const current = store.promotions.current(row?.targetId ?? 0)?.commit ?? "";
    const commit = state === "preparing" ? {} : { commit: current, former: current };
    if (row) await store.promotions.set(row, { state, ...commit });
    await first.close();
    const second = await start(SCRIPT, { dataDir, ...reaching(site) });
    const { queries, commands: again } = second.runtime.application;
    const now = async () => (await queries.listPromotions("shop")).promotions.find(({ id }) => id === promotion);
    const settled = state === "taking_back" ? "taken_back" : "done";
    const waits = state === "preparing" || state === "planning";
    if (waits) {
      await vi.waitFor(async () => expect(await now()).toMatchObject({ state: "asked" }), { timeout: 60_000 });
      await again.approvePromotion({ id: promotion }, owner);
    }
    await vi.waitFor(async () => expect(await now()).toMatchObject({ state: settled }), { timeout: 60_000 });
    expect(site.state.version).toBe(state === "preparing" ? "two" : "one");
    expect(second.faults).toEqual([]);
  },
  120_000,
);

test("who may: an operator asks, a reviewer approves, nobody their own, and only an admin sets commands and secrets", async () => {
  const site = await production();
  const trial = await start(SCRIPT, {
    env: { ...reaching(site).env, BANYAN_WORKSPACE_ROOTS: realpathSync(tmpdir()) },
  });
  const { version, target, until, commands } = await stage(trial, site);
  version("one");
  for (const email of ["rita@example.org", "ralf@example.org"])
    await commands.addUser({ email, role: "reviewer" }, owner);
  const as = (name: string, role: "operator" | "reviewer" | "viewer") =>
    guarded(trial.runtime.application, { id: `user:${name}`, name, role }).commands;
  await expect(as("rita@example.org", "reviewer").setTarget(target)).rejects.toThrow("needs admin");
  await expect(as("vera@example.org", "viewer").promote({ id: "shop", target: "production" })).rejects.toThrow(
    "needs operator",
  );
  const { promotion } = await as("rita@example.org", "reviewer").promote({ id: "shop", target: "production" });
  await until(promotion, "asked");
  await expect(as("otto@example.org", "operator").approvePromotion({ id: promotion })).rejects.toThrow(
    "needs reviewer",
  );
  await expect(as("rita@example.org", "reviewer").approvePromotion({ id: promotion })).rejects.toThrow(
    "You asked for this promotion yourself: another reviewer has to approve it.",
  );
  await commands.approvePromotion({ id: promotion }, owner);
  await until(promotion, "done");
}, 120_000);

const CLUSTER = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers: [{ name: web, image: shop, resources: { limits: { memory: 100Mi } } }]
`;

test("infrastructure files that cannot work end a promotion before its plan; warnings stand beside the plan; a way back is never stopped", async () => {
  const site = await production();
  const trial = await start(SCRIPT, reaching(site));
  const { commands, queries, store, state, version, one, until, asked, promoted } = await stage(trial, site);
  const broken = CLUSTER.replace("selector:", "replica: 2\n  selector:").replace(
    "app: web } }\n    spec",
    "app: 1 } }\n    spec",
  );
  const first = version("one", { "web.yaml": CLUSTER, "thing.yaml": "apiVersion: example.org/v1\nkind: Thing\n" });
  const id = await asked();
  const found = {
    files: 2,
    errors: [],
    warnings: [
      {
        file: "web.yaml",
        line: 9,
        says: "The container web has the image shop, which may be another one at each start: name a version.",
      },
    ],
    not_checked: [{ file: "thing.yaml", line: 2, says: "No schema is known for Thing of example.org/v1." }],
  };
  expect(await one(id)).toMatchObject({ infrastructure: found, plan: expect.stringContaining("to one") });
  await commands.approvePromotion({ id }, owner);
  await until(id, "done");
  expect((await one(id))?.infrastructure).toEqual(found);
  const second = version("two", { "web.yaml": broken });
  const { promotion: faulty } = await commands.promote({ id: "shop", target: "production" }, owner);
  await until(faulty, "failed");
  expect(await one(faulty)).toMatchObject({
    commit: second,
    plan: null,
    why: "The infrastructure files cannot work: web.yaml, line 5: spec has a field replica, which is not known there. There is 1 more error; the log has them. Nothing was changed there.",
    infrastructure: { errors: [{ line: 5 }, { line: 8, says: expect.stringContaining("must be string") }] },
  });
  const { text } = await queries.getPromotionLog(faulty);
  expect(text).toContain(
    "Infrastructure files: 2 read; 2 errors, 1 warning, 1 not checked.\nError: web.yaml, line 5: ",
  );
  expect(text).not.toContain("$ echo");
  expect(state.sets).toHaveLength(1);
  // As an older release has left it: what is there now has the fault.
  version("three", { "web.yaml": CLUSTER });
  await until(await promoted(), "done");
  const row = store.promotions.get(faulty);
  const target = row?.targetId ?? 0;
  await store.promotions.begin({
    uid: "old",
    targetId: target,
    kind: "promote",
    branch: null,
    commit: second,
    askedBy: "you",
  });
  await store.promotions.set({ uid: "old", state: "preparing" }, { state: "done", former: first });
  version("four");
  await until(await promoted(), "done");
  const { promotion: back } = await commands.rollback({ id: "shop", target: "production" }, owner);
  await until(back, "asked");
  expect(await one(back)).toMatchObject({ commit: second, infrastructure: { errors: [{ line: 5 }, { line: 8 }] } });
  await commands.approvePromotion({ id: back }, owner);
  await until(back, "done");
  expect(state.version).toBe("two");
  expect(trial.faults).toEqual([]);
}, 180_000);

test("a sandbox without a network ends a promotion with that reason, and whoever rejects a plan that hangs ends it", async () => {
  const noNetwork = "Commands cannot reach the network on this machine.";
  const fault: { noNetwork?: string } = { noNetwork };
  const site = await production();
  const runtime = { sandboxTested: async () => ({ available: true as const, ...fault }) };
  const trial = await start(SCRIPT, { ...reaching(site), runtime });
  const { commands, queries, version, target, one, until } = await stage(trial, site);
  version("one");
  const promote = async () => (await commands.promote({ id: "shop", target: "production" }, owner)).promotion;
  const refused = await promote();
  await until(refused, "failed");
  expect((await one(refused))?.why).toBe(noNetwork);
  expect((await queries.getPromotionLog(refused)).text).toContain(noNetwork);
  // The sandbox is tested again a little later.
  delete fault.noNetwork;
  await commands.setTarget({ ...target, plan: "echo begins; sleep 3600" }, owner);
  await expect.poll(async () => "noNetwork" in (await trial.runtime.sandbox.status()), { timeout: 60_000 }).toBe(false);
  const hanging = await promote();
  await expect
    .poll(async () => (await queries.getPromotionLog(hanging)).text, { timeout: 60_000 })
    .toContain("begins\n");
  await commands.rejectPromotion({ id: hanging, reason: "It hangs." }, owner);
  expect(await one(hanging)).toMatchObject({ state: "rejected", why: "It hangs." });
  const kept = () => readdirSync(join(trial.dataDir, "promotions", hanging));
  await expect.poll(kept, { timeout: 60_000 }).toEqual(["log"]);
  await commands.setTarget({ id: "shop", name: "production", deploy: null }, owner);
  expect(trial.faults).toEqual([]);
}, 180_000);

test("a promotion that a person stops while it deploys ends its command and brings the former version back", async () => {
  const site = await production();
  const trial = await start(SCRIPT, reaching(site));
  const { commands, queries, state, version, target, one, until, asked, promoted } = await stage(trial, site);
  const first = version("one");
  await until(await promoted(), "done");
  await commands.setTarget(
    { ...target, deploy: `test "$BANYAN_COMMIT" = ${first} || sleep 3600; ${target.deploy}` },
    owner,
  );
  version("two");
  const waiting = await asked();
  await expect(commands.stopPromotion({ id: waiting }, owner)).rejects.toThrow("reject it, and nothing changes");
  await commands.approvePromotion({ id: waiting }, owner);
  await expect
    .poll(async () => (await queries.getPromotionLog(waiting)).text, { timeout: 60_000 })
    .toContain("sleep 3600");
  const { sentence } = await commands.stopPromotion({ id: waiting }, owner);
  expect(sentence).toBe(`Stopped: version ${first.slice(0, 7)} is brought back to production.`);
  await until(waiting, "taken_back");
  expect(await one(waiting)).toMatchObject({ why: expect.stringMatching(/^you stopped it\. Version .{7} is back/) });
  expect(state.version).toBe("one");
  await expect(commands.stopPromotion({ id: waiting }, owner)).rejects.toThrow("cannot be stopped: it is taken back");
  expect(trial.faults).toEqual([]);
}, 180_000);
