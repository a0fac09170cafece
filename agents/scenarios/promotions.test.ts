/** Promotions: planned, approved, deployed, shown to work, taken back, and killed at each step. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { guarded } from "@/agents/guard/guard";
import { ownerCalled } from "@/core/rules/roles";
import type { PromotionState } from "@/core/shapes/environments/promotions";
import { endTask } from "@/tests/agents/replies";
import { trialsOfThisFile } from "@/tests/agents/scenario";
import type { Trial } from "@/tests/agents/trial";

const start = trialsOfThisFile();
const SCRIPT = { "*": endTask("Done.") };
const owner = ownerCalled("you");

/** What a target is: a server of the network that says which version it has, and who set it. */
async function production() {
  const state = { version: "", sets: [] as string[], isSick: (_version: string) => false };
  const server = createServer((request, response) => {
    if (request.method === "PUT") {
      request.toArray().then((parts) => {
        state.version = Buffer.concat(parts).toString();
        state.sets.push(`${state.version} by ${request.headers.authorization}`);
        response.end();
      });
      return;
    }
    response.statusCode = state.isSick(state.version) ? 500 : 200;
    response.end(state.version);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { state, host: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function repository() {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "banyan-promotions-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const git = (...args: string[]) =>
    String(execFileSync("git", ["-C", folder, "-c", "user.name=T", "-c", "user.email=t@example.org", ...args])).trim();
  git("init", "-q", "-b", "main");
  /** Commits a version, with other files, and returns its commit. */
  const version = (text: string, others: Record<string, string> = {}) => {
    for (const [file, other] of Object.entries({ version: text, ...others })) writeFileSync(join(folder, file), other);
    git("add", "-A");
    git("commit", "-q", "-m", "A version");
    return git("rev-parse", "HEAD");
  };
  return { folder, version };
}

type Site = Awaited<ReturnType<typeof production>>;

async function stage(trial: Trial, { state, host }: Site) {
  const { application, store } = trial.runtime;
  const { commands, queries } = application;
  const { folder, version } = repository();
  await commands.setSecret({ id: "shop.token", value: "a-token-of-production-1" }, owner);
  await commands.setSecret({ id: "shop.reader", value: "a-reader-of-production-1" }, owner);
  await commands.addProject({ address: folder, name: "shop", check: "true" }, owner);
  const http = `curl --silent --show-error --fail http://${host}`;
  const target = {
    id: "shop",
    name: "production",
    plan: 'echo "from $BANYAN_FORMER_COMMIT to $(cat version) with [$TOKEN] and [$READER]"',
    deploy: `${http} -X PUT -H "authorization: $TOKEN" --data-binary @version`,
    smoke: http,
    secrets: { TOKEN: "shop.token" },
    plan_secrets: { READER: "shop.reader" },
    hosts: [host],
  };
  await commands.setTarget(target, owner);
  const one = async (id: string) => {
    const { promotions } = await queries.listPromotions("shop");
    return promotions.find((promotion) => promotion.id === id);
  };
  const until = (id: string, wanted: PromotionState) =>
    vi.waitFor(async () => expect(await one(id)).toMatchObject({ state: wanted }), { timeout: 60_000, interval: 100 });
  const asked = async () => {
    const { promotion } = await commands.promote({ id: "shop", target: "production" }, owner);
    await until(promotion, "asked");
    return promotion;
  };
  const promoted = async () => {
    const id = await asked();
    await commands.approvePromotion({ id }, owner);
    return id;
  };
  return { commands, queries, store, state, host, version, target, one, until, asked, promoted };
}

/** Lets commands reach the test's own server, which has a private address. */
const reaching = ({ host }: Site) => ({ env: { BANYAN_PRIVATE_HOSTS: host } });

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
  await expect.poll(() => existsSync(join(trial.dataDir, "promotions", promotion, "files"))).toBe(false);
  const rejected = await asked();
  await commands.rejectPromotion({ id: rejected, reason: "Not on a Friday." }, owner);
  expect(await one(rejected)).toMatchObject({ state: "rejected", why: "Not on a Friday." });
  expect(state.version).toBe("one");
  expect(trial.faults).toEqual([]);
}, 180_000);

test("a failing smoke test brings the former version back, and each other fault is said", async () => {
  const site = await production();
  const trial = await start(SCRIPT, reaching(site));
  const { commands, state, version, target, one, until, asked, promoted } = await stage(trial, site);
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
  // With a command of its own, and one that fails.
  await commands.setTarget({ ...target, rollback: "echo cannot >&2; exit 9" }, owner);
  const stuck = await promoted();
  await until(stuck, "failed");
  expect((await one(stuck))?.why).toBe(
    `The smoke test ended with exit status 22. Version ${first.slice(0, 7)} did not come back either: its command ended with exit status 9.`,
  );
  await commands.setTarget({ ...target, plan: "exit 3" }, owner);
  const { promotion: unplanned } = await commands.promote({ id: "shop", target: "production" }, owner);
  await until(unplanned, "failed");
  expect((await one(unplanned))?.why).toBe(
    "The plan of production ended with exit status 3. Nothing was changed there.",
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
