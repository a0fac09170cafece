/** O1: what people may do with trees of others and with their own: folders, rights, decisions. */
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { hookSecretName } from "@/agents/forges/hook";
import { guarded } from "@/agents/guard/guard";
import type { Actor, Role } from "@/core/rules/roles";
import { endTask } from "@/tests/agents/replies";
import { trialsOfThisFile } from "@/tests/agents/scenario";
import type { Trial } from "@/tests/agents/trial";

const start = trialsOfThisFile();
const folder = mkdtempSync(join(tmpdir(), "banyan-admins-"));
const aside = mkdtempSync(join(tmpdir(), "banyan-admins-"));
const open = realpathSync(mkdtempSync(join(tmpdir(), "banyan-open-")));
afterAll(() => {
  for (const made of [folder, aside, open]) rmSync(made, { recursive: true, force: true });
});

const person = (name: string, role: Role): Actor => ({ id: `user:${name}`, name, role });
const ann = person("ann@example.org", "admin");
const bob = person("bob@example.org", "reviewer");
const eve = person("eve@example.org", "operator");
const as = (trial: Trial, actor: Actor) => guarded(trial.runtime.application, actor).commands;
const touch = { name: "write_file", input: { path: "a.txt", content: "x" } };

async function withPeople(trial: Trial): Promise<void> {
  for (const { name, role } of [ann, bob])
    await trial.runtime.store.people.admit({ uid: name, email: name, name, isFirst: role === "admin" });
  await trial.runtime.store.people.setRole(bob.name, "reviewer", "test");
}

/** Makes calls of write_file need approval. */
async function asking(trial: Trial): Promise<void> {
  await trial.runtime.application.commands.setToolPolicy({ id: "write_file", policy: "ask" }, ann);
}

async function waiting(trial: Trial, count = 1) {
  const list = () => trial.runtime.application.queries.listReviews({ open: true });
  await expect.poll(async () => (await list()).items.length).toBe(count);
  return (await list()).items;
}

test("a person who may not name a folder cannot direct a tree in it, by any command", async () => {
  const trial = await start({ root: [endTask("done")] });
  const tree = await as(trial, ann).submitTree({ task: "root", agent: "worker", workspace: folder });
  await trial.ended(tree.id);
  const submission = { task: "root", agent: "worker", workspace: folder };
  const { id: schedule } = await as(trial, ann).addSchedule({ cron: "@yearly", submission });
  const operator = as(trial, eve);
  const root = tree.root_task_id;
  const attempts = {
    steer: () => operator.steer({ id: root, text: "Do something else." }),
    retry: () => operator.retry({ id: root }),
    fork: () => operator.fork({ id: root, at: 1 }),
    change: () => operator.change({ id: root, agent: "coder" }),
    step: () => operator.step({ id: root }),
    resume: () => operator.resume({ id: root }),
    grant: () => operator.grant({ id: tree.id, cost_usd: 1 }),
    continueTask: () => operator.continueTask({ id: root, text: "Go on." }),
    pause: () => operator.pause({ id: tree.id }),
    stop: () => operator.stop({ id: root, reason: "" }),
    delete: () => operator.deleteTree({ id: tree.id }),
    apply: () => operator.applyAsBranch({ id: tree.id }),
    keep: () => operator.keepFiles({ id: tree.id, instead_of: tree.id }),
    changeSchedule: () => operator.changeSchedule({ id: schedule, submission: { task: "mine" } }),
    removeSchedule: () => operator.removeSchedule({ id: schedule }),
    submit: () => operator.submitTree({ task: "root", agent: "worker", workspace: folder }),
  };
  for (const [name, attempt] of Object.entries(attempts))
    await expect(attempt(), name).rejects.toThrow(/^You are signed in as operator: agents may work only in folders/);
  expect((await trial.runtime.application.queries.getTree(tree.id)).status, "nothing happened").toBe("succeeded");
  expect((await as(trial, ann).retry({ id: root })).sentence).toBeTruthy();
  await trial.ended(tree.id);
});

test("nor do they change or remove a project in it, or what an admin has set in any project", async () => {
  const trial = await start({}, { work: false, env: { BANYAN_WORKSPACE_ROOTS: open } });
  const { store, security } = trial.runtime;
  const [admin, reviewer] = [as(trial, ann), as(trial, bob)];
  await admin.addProject({ address: folder, name: "hers", check: "true" });
  await admin.addProject({ address: open, name: "shared", check: "true" });
  const beside = mkdtempSync(join(open, "beside-"));
  await admin.addRepository({ id: "hers", address: beside, folder: "beside", check: "true" });
  await admin.addRepository({ id: "shared", address: aside, folder: "aside", check: "true" });
  const attempts = {
    check: () => reviewer.changeProject({ id: "hers", check: "curl example.org" }),
    previews: () => reviewer.changeProject({ id: "hers", previews: false }),
    remove: () => reviewer.removeProject({ id: "hers" }),
    addRepository: () => reviewer.addRepository({ id: "hers", address: open }),
    changeRepository: () => reviewer.changeRepository({ id: "hers", folder: "beside", check: "env" }),
    removeRepository: () => reviewer.removeRepository({ id: "hers", folder: "beside" }),
    changeTheirs: () => reviewer.changeRepository({ id: "shared", folder: "aside", check: "env" }),
    removeTheirs: () => reviewer.removeRepository({ id: "shared", folder: "aside" }),
    setEvolution: () => reviewer.setEvolution({ id: "hers", day_usd: 100 }),
    resumeEvolution: () => reviewer.resumeEvolution({ id: "hers" }),
  };
  for (const [name, attempt] of Object.entries(attempts))
    await expect(attempt(), name).rejects.toThrow(/^You are signed in as reviewer: agents may work only in folders/);
  expect(store.projects.get("hers")?.check?.command).toBe("true");
  expect(store.projects.repositories("shared").map(({ check }) => check?.command)).toEqual(["true"]);

  const target = { id: "shared", name: "production" };
  await admin.setTarget({ ...target, deploy: "make deploy" });
  const refused = (what: string) => expect(reviewer.removeProject({ id: "shared" })).rejects.toThrow(what);
  await refused("shared has targets, which only an admin removes: ask an admin.");
  await admin.setTarget({ ...target, deploy: null });
  const place = { kind: "github", host: "h", apiUrl: "https://h", path: "o/r", cloneUrl: "https://h/o/r.git" } as const;
  const settings = { jira: null, label: "banyan", rules: "", mostOpen: 3, login: "bot", maker: ann, createdBy: "ann" };
  await store.forges.setLink("shared", () => ({ ...place, ...settings }));
  await security.vault.set(hookSecretName("shared"), "a-secret-of-a-hook-1", "ann");
  await refused("shared has a link with its forge, which only an admin removes");
  expect((await admin.removeProject({ id: "shared" })).sentence).toContain("its link with its forge");
  expect(security.vault.list()).toEqual([]);
});

test("nor can they answer a question in such a tree or edit a call", async () => {
  const ask = { calls: [{ name: "ask", input: { question: "Which?" } }] };
  const trial = await start({ root: [ask, { calls: [touch] }, endTask("done")] });
  await asking(trial);
  const tree = await as(trial, ann).submitTree({ task: "root", agent: "worker", workspace: folder });
  const [question] = await waiting(trial);
  // The task reads a comment with the decision, so a comment directs the task too.
  await expect(as(trial, eve).comment({ id: question?.id ?? "", text: "Do this." })).rejects.toThrow(
    /agents may work only in/,
  );
  await expect(as(trial, eve).askTask({ id: question?.id ?? "", text: "Do this." })).rejects.toThrow(
    /agents may work only in/,
  );
  await expect(as(trial, eve).answer({ id: question?.id ?? "", text: "That one." })).rejects.toThrow(
    /agents may work only in/,
  );
  await as(trial, ann).answer({ id: question?.id ?? "", text: "This one." });
  const [call] = await waiting(trial);
  const edited = JSON.stringify({ path: "b.txt", content: "mine" });
  await expect(as(trial, bob).approveChanged({ id: call?.id ?? "", arguments: edited, reason: "" })).rejects.toThrow(
    /agents may work only in/,
  );
  await as(trial, ann).decide({ id: call?.id ?? "", decision: "approved", reason: "" });
  await trial.ended(tree.id);
});

test("nobody approves, edits or makes rules for calls of a tree that they started or steered while others can decide", async () => {
  const trial = await start({ root: [{ calls: [touch] }, endTask("done")] });
  await withPeople(trial);
  await asking(trial);
  const tree = await as(trial, bob).submitTree({ task: "root", agent: "worker" });
  const [item] = await waiting(trial);
  const id = item?.id ?? "";
  const own = /another reviewer must decide/;
  const reviewer = as(trial, bob);
  await expect(reviewer.decide({ id, decision: "approved", reason: "" })).rejects.toThrow(own);
  await expect(reviewer.approveChanged({ id, arguments: '{"path":"b","content":""}', reason: "" })).rejects.toThrow(
    own,
  );
  await expect(reviewer.addRule({ item: id, why: "x" })).rejects.toThrow(own);
  await expect(reviewer.addRule({ tool: "write_file", tree: tree.id, why: "x" })).rejects.toThrow(own);
  const { decided } = await reviewer.addRule({ tool: "write_file", why: "It writes only.", hours: 1 });
  expect(decided, "a rule for every tree leaves out its maker's own").toEqual([]);
  expect((await as(trial, ann).decide({ id, decision: "approved", reason: "" })).decided).toEqual([id]);
  expect((await trial.ended(tree.id)).status).toBe("succeeded");

  const others = await as(trial, ann).submitTree({ task: "root", agent: "worker" });
  expect((await trial.ended(others.id)).status, "and approves in those of others").toBe("succeeded");
});

const WIDER = [{ on: true }, { on: true, hours: 48 }, { most_uses: null }, { most_uses: 5 }, { hours: 200 }] as const;

test("nobody lets another person's rule approve more calls of a tree of their own", async () => {
  const trial = await start({ root: [{ calls: [touch] }, endTask("done")] });
  await withPeople(trial);
  await asking(trial);
  const admin = as(trial, ann);
  const reviewer = as(trial, bob);
  const limits = { why: "x", most_uses: 2 };
  const { rule: everywhere } = await admin.addRule({ tool: "write_file", ...limits });
  await admin.revokeRule({ id: everywhere });
  const tree = await reviewer.submitTree({ task: "root", agent: "worker" });
  const [item] = await waiting(trial);
  const maker = (id: string) => trial.runtime.store.rules.get(id)?.created_by;
  const { rule: inTree } = await admin.addRule({ tool: "read_file", tree: tree.id, ...limits });
  await admin.revokeRule({ id: inTree });
  for (const change of WIDER)
    await expect(reviewer.changeRule({ id: inTree, ...change }), JSON.stringify(change)).rejects.toThrow(
      /another reviewer must decide/,
    );
  // One exact call may be one that asks because of what its task has read, which a rule for two calls never answers.
  await expect(reviewer.changeRule({ id: inTree, most_uses: 1 })).rejects.toThrow(/another reviewer must decide/);
  await reviewer.changeRule({ id: inTree, hours: 1, why: "Less." });
  expect(maker(inTree), "a change that approves nothing more leaves its maker").toBe(ann.name);
  const { decided } = await reviewer.changeRule({ id: everywhere, on: true });
  expect(decided, "a rule for every tree leaves out those of the person who switched it on").toEqual([]);
  expect(maker(everywhere)).toBe(bob.name);
  expect((await admin.changeRule({ id: everywhere, most_uses: 3 })).decided).toEqual([item?.id]);
  expect((await trial.ended(tree.id)).status).toBe("succeeded");
});

test("a person who steered somebody else's tree counts as its owner too", async () => {
  const ask = { calls: [{ name: "ask", input: { question: "Which?" } }] };
  const trial = await start({ root: [ask, { calls: [touch] }, endTask("done")] });
  await withPeople(trial);
  await asking(trial);
  const tree = await as(trial, ann).submitTree({ task: "root", agent: "worker" });
  const [question] = await waiting(trial);
  await as(trial, bob).answer({ id: question?.id ?? "", text: "That one." });
  const [item] = await waiting(trial);
  await expect(as(trial, bob).decide({ id: item?.id ?? "", decision: "approved", reason: "" })).rejects.toThrow(
    /another reviewer must decide/,
  );
  expect(trial.runtime.store.directors.of(tree.id).sort()).toEqual([ann.name, bob.name]);
});

test("rights are read wherever the setup is stored, and unreadable rights allow nobody", async () => {
  const trial = await start({});
  const instruction = `root ${"x".repeat(40_000)}`;
  const tree = await as(trial, ann).submitTree({ task: instruction, agent: "worker", rights: ["read", "host"] });
  const { client, queries } = trial.runtime.store;
  const blobs = client.sqlite.prepare("UPDATE messages SET body = NULL, blob_id = NULL WHERE kind = 0");
  await trial.runtime.application.commands.pause({ id: tree.id }, ann).catch(() => undefined);
  expect(queries.trees.rightsOf(tree.id)).toContain("host");
  await expect(as(trial, eve).steer({ id: tree.root_task_id, text: "Go." })).rejects.toThrow(/has the right “host”/);
  blobs.run();
  expect(queries.trees.rightsOf(tree.id)).toEqual(["read", "write", "network", "host", "change"]);
});
