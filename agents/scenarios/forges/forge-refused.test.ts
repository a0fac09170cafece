/** Work of a forge that cannot begin or go on, a forge that cannot be asked, and a link that people pause or change in a look. */
import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { onceOf } from "@/agents/forges/requests";
import { forgeWith, linked, RIGHT, work, write } from "@/tests/agents/forges/linked";
import { tester } from "@/tests/agents/scenario";

test("each refusal to begin is said, and what people write after it reaches the tree", async () => {
  const forge = await forgeWith();
  const run = await linked(forge, { script: work([[write("sum.js", "")]]) });
  const { projects } = run.store;
  const real = projects.get;
  projects.get = (name) => {
    const project = real(name);
    return project && { ...project, defaults: { agent: "nobody" } };
  };
  const number = forge.openIssue({ title: "The sum is wrong", by: "eve" });
  forge.comment(number, "ann", "/banyan Mind the tests.");
  await run.until(number, "failed");
  forge.comment(number, "banyan-bot", "/banyan Leave the README.");
  await run.look(2);
  expect(run.issue(number)).toMatchObject({ state: "failed", askedBy: "banyan-bot" });
  expect(forge.comments.filter(({ body }) => body.startsWith("Banyan could not begin:"))).toHaveLength(2);
  projects.get = real;
  forge.comment(number, "banyan-bot", "/banyan Be quick.");
  forge.comment(number, "ann", "/banyan");
  await run.look(1);
  const issue = run.issue(number);
  expect(issue).toMatchObject({ state: "working", askedBy: "banyan-bot" });
  const { queries } = run.trial.runtime.application;
  const tree = await queries.getTree(issue?.tree ?? "");
  expect((await queries.getTask(tree.root_task_id)).instruction).toContain(
    "banyan-bot, who may write to the repository, asks:\n\n> ann: Mind the tests.\n>\n> Leave the README.\n>\n> Be quick.",
  );
});

test("a stop waits for no clone: the issue stays claimed, and the next start begins its tree", async () => {
  const forge = await forgeWith();
  const run = await linked(forge, { script: work([]) });
  const number = forge.openIssue({ title: "The sum is wrong", by: "eve" });
  forge.comment(number, "ann", "/banyan");
  const isCopying = new Promise<void>((resolve) => {
    run.trial.runtime.sandbox.status = () => {
      resolve();
      return new Promise(() => {});
    };
  });
  void run.look(2);
  await isCopying;
  await run.trial.worker?.stop(1);
  expect(run.issue(number)).toMatchObject({ state: "claimed" });
  expect(run.trial.faults).toEqual([]);
}, 30_000);

test("a tree that was read from an archive is not offered as the change of an issue, whose id it has", async () => {
  const forge = await forgeWith();
  const run = await linked(forge, { script: work([[write("sum.js", RIGHT)]]) });
  const number = forge.openIssue({ title: "The sum is wrong", by: "eve" });
  const link = run.store.forges.link("widgets");
  if (link === null) throw new Error("The project has no link.");
  const foreign = { task: "Write something", agent: "coder", once: onceOf(link, number) };
  const { id } = await run.commands.submitTree(foreign, tester);
  await run.trial.ended(id);
  run.store.client.sqlite.prepare("UPDATE trees SET archive_hash = 'h' WHERE uid = ?").run(id);
  forge.comment(number, "ann", "/banyan");
  await run.look(4);
  expect(run.issue(number)).toMatchObject({ tree: id, state: "failed", pull: null });
  expect(run.issue(number)?.why).toContain("was read from an archive");
  expect(forge.issues.filter(({ pull }) => pull)).toEqual([]);
  const refs = execFileSync("git", ["-C", forge.bare, "for-each-ref", "--format=%(refname)"], { encoding: "utf8" });
  expect(refs.trim()).toBe("refs/heads/main");
  // One that stands there while its issue is worked on is no more its change.
  const issue = run.issue(number);
  if (issue) await run.store.forges.change(issue, { state: "working", why: null });
  await run.look(1);
  expect(run.issue(number)).toMatchObject({ state: "failed", pull: null });
});

test("a link whose token is missing stands among what needs a person after three looks, until it is there", async () => {
  const forge = await forgeWith();
  const run = await linked(forge, { script: work([]) });
  const secret = `git/${forge.host.replace(":", "_")}`;
  const stuck = () => run.store.forges.stuck(10).map(({ project, trouble }) => [project, trouble]);
  await run.look(1);
  await run.commands.removeSecret({ id: secret }, tester);
  await run.look(2);
  expect(stuck()).toEqual([]);
  await run.look(1);
  expect(stuck()).toEqual([["widgets", expect.stringContaining("The vault has no token for")]]);
  await run.commands.setSecret({ id: secret, value: forge.token }, tester);
  await run.look(1);
  expect(stuck()).toEqual([]);
});

test("a link that is paused while another one is looked at, and one that is paused in its own look, is asked nothing more", async () => {
  const forge = await forgeWith();
  const other = await forgeWith();
  const run = await linked(forge, { script: work([]), beside: [other] });
  await run.commands.addProject({ address: other.cloneUrl, name: "others" }, tester);
  await run.commands.linkForge({ id: "others" }, tester);
  await run.look(1);
  const ids = ["widgets", "others"].map((name) => run.store.forges.link(name)?.id ?? 0);
  const [widgets = 0, others = 0] = ids;
  const pause = run.store.client.sqlite.prepare(
    "UPDATE forge_links SET paused_at_ms = 1, paused_by = 'ann' WHERE id = ?",
  );
  const requests = () => [forge, other].map((one) => one.requests.length);
  const lookAtBoth = async () => {
    await run.store.forges.makeDue(widgets, Date.now() - 10);
    await run.store.forges.makeDue(others, Date.now() - 5);
    await run.trial.worker?.forges.check();
  };
  const before = requests();
  forge.before = () => {
    pause.run(others);
    return null;
  };
  await lookAtBoth();
  expect(requests()[0]).toBeGreaterThan(before[0] ?? 0);
  expect(requests()[1]).toBe(before[1]);
  const own = requests();
  forge.before = () => {
    pause.run(widgets);
    return null;
  };
  await lookAtBoth();
  expect(requests()).toEqual([(own[0] ?? 0) + 1, own[1]]);
  expect(run.store.forges.link("widgets")).toMatchObject({ trouble: null, failures: 0, pausedBy: "ann" });
  expect(run.trial.faults).toEqual([]);
});

test("a rule that a person removes while Banyan looks merges nothing, and everything paused ends the look", async () => {
  const forge = await forgeWith();
  const run = await linked(forge, { script: work([[write("sum.js", RIGHT)]]) });
  await run.commands.linkForge({ id: "widgets", rules: "merge 1 approval: **" }, tester);
  const number = forge.openIssue({ title: "The sum is wrong", by: "eve" });
  forge.label(number, "banyan", "ann");
  await run.until(number, "open");
  forge.review(2, "ann", "approved", "Fine.");
  const { sqlite } = run.store.client;
  forge.before = (route) => {
    if (route.endsWith("/reviews")) sqlite.exec("UPDATE forge_links SET rules = ''");
    return null;
  };
  await run.look(2);
  expect(run.issue(number)).toMatchObject({ state: "open" });
  expect(forge.requests.some((request) => request.endsWith("/merge"))).toBe(false);
  const halted = run.store.halts.current;
  forge.before = () => {
    run.store.halts.current = () => ({ reason: "stop" }) as unknown as ReturnType<typeof halted>;
    return null;
  };
  const known = forge.requests.length;
  await run.look(2);
  expect(forge.requests).toHaveLength(known + 1);
  run.store.halts.current = halted;
  forge.before = null;
  Object.assign(forge.pullOf(2) ?? {}, { number: 901 });
  expect((await run.until(number, "closed")).why).toContain("The pull request is gone");
  expect(run.trial.faults).toEqual([]);
});

test("a link that is changed while its forge is asked keeps what somebody changes, pauses or ends meanwhile", async () => {
  const forge = await forgeWith();
  const run = await linked(forge, { script: work([]) });
  const { sqlite } = run.store.client;
  const link = () => run.store.forges.link("widgets");
  const meanwhile = (sql: string) => {
    forge.before = () => {
      forge.before = null;
      sqlite.exec(sql);
      return null;
    };
    return run.commands.linkForge({ id: "widgets", label: "agents" }, tester);
  };
  await run.commands.linkForge({ id: "widgets", rules: "merge 1 approval: **", most_open: 7 }, tester);
  await meanwhile("UPDATE forge_links SET rules = ''");
  expect(link()).toMatchObject({ label: "agents", rules: "", mostOpen: 7 });
  const refused = /^Somebody has linked, unlinked, paused or resumed widgets/;
  await expect(meanwhile("UPDATE forge_links SET paused_at_ms = 1, paused_by = 'ann'")).rejects.toThrow(refused);
  expect(link()).toMatchObject({ pausedAtMs: 1, pausedBy: "ann" });
  // Who links it again while it is paused lets it go on.
  await run.commands.linkForge({ id: "widgets" }, tester);
  expect(link()).toMatchObject({ pausedAtMs: null });
  await expect(meanwhile("DELETE FROM forge_links")).rejects.toThrow(refused);
  expect(link()).toBeNull();
});

test("of two first links of a project at once one is refused, and the other's secret is the one that is kept", async () => {
  const [forge, other] = [await forgeWith(), await forgeWith()];
  const run = await linked(forge, { script: work([]), beside: [other] });
  await run.commands.addProject({ address: other.cloneUrl, name: "others" }, tester);
  const both = await Promise.allSettled([
    run.commands.linkForge({ id: "others", label: "a" }, tester),
    run.commands.linkForge({ id: "others", label: "b" }, tester),
  ]);
  const made = both.flatMap((one) => (one.status === "fulfilled" ? [one.value.hook.secret] : []));
  expect(made).toEqual([run.trial.runtime.security.vault.get("forge/others")]);
  expect(made[0]).not.toBeNull();
});

test("a lost secret of a webhook is replaced when a person asks, and a removed project leaves none", async () => {
  const forge = await forgeWith();
  const run = await linked(forge, { script: work([]), work: false });
  const { vault } = run.trial.runtime.security;
  const [name, first] = ["forge/widgets", vault.get("forge/widgets")];
  const link = (given: { new_secret?: boolean } = {}) => run.commands.linkForge({ id: "widgets", ...given }, tester);
  const again = await link();
  expect([again.hook.secret, vault.get(name)]).toEqual([null, first]);
  expect(again.sentence).toContain("Its webhook keeps its secret: link it with new_secret");
  const renewed = await link({ new_secret: true });
  expect(renewed.sentence).not.toContain("keeps its secret");
  expect([null, first]).not.toContain(renewed.hook.secret);
  expect(vault.get(name)).toBe(renewed.hook.secret);
  // As after a kill between the link and its secret.
  await vault.remove(name);
  const made = await link();
  expect(made.hook.secret).not.toBeNull();
  expect(made.hook.secret).toBe(vault.get(name));
  await run.commands.removeProject({ id: "widgets" }, tester);
  expect(vault.list().map((secret) => secret.name)).not.toContain(name);
});

test("a push and a fetch that fail once fail no issue: the next look makes up for them", async () => {
  const forge = await forgeWith();
  const run = await linked(forge, { script: work([[write("sum.js", RIGHT)]]) });
  const number = forge.openIssue({ title: "The sum is wrong", by: "eve" });
  forge.label(number, "banyan", "ann");
  let failing = /^POST .*git-receive-pack/;
  const troubles = new Set<string>();
  forge.git.answerPage = ({ method, url }, response) => {
    if (!failing.test(`${method} ${url}`)) return false;
    troubles.add(url ?? "");
    if (method === "POST") failing = /^never$/;
    response.writeHead(503).end();
    return true;
  };
  await run.until(number, "open");
  expect(troubles.size).toBe(1);
  // A conflict is looked for in a copy of the repository.
  failing = /./;
  forge.commit("main", { "sum.js": "export const sum = () => 0;\n" });
  await run.look(1);
  expect(run.store.forges.link("widgets")?.trouble).toContain("is failing (status 503)");
  expect(run.issue(number)).toMatchObject({ state: "open", why: null });
  failing = /^never$/;
  await run.look(1);
  expect(run.issue(number)).toMatchObject({ state: "working", rounds: 1 });
  expect(run.trial.faults).toEqual([]);
});

test("an issue that is gone holds up nothing else, and a token that sees nothing ends none", async () => {
  const forge = await forgeWith();
  const run = await linked(forge, { script: work([[write("sum.js", RIGHT)]]) });
  const [first = 0, second = 0] = ["The sum", "Another sum"].map((title) => forge.openIssue({ title, by: "eve" }));
  forge.label(first, "banyan", "ann");
  await run.until(first, "working");
  forge.before = () => ({ status: 404, data: { message: "Not Found" } });
  await run.trial.ended(run.issue(first)?.tree ?? "");
  await run.look(2);
  expect(run.issue(first)?.state).toBe("working");
  expect(run.store.forges.link("widgets")?.trouble).toContain("may not see it");
  forge.before = null;
  Object.assign(forge.issueOf(first) ?? {}, { number: 900, labels: [] });
  forge.label(second, "banyan", "ann");
  await run.until(second, "working");
  expect(run.issue(first)).toMatchObject({
    state: "closed",
    why: "Somebody deleted or moved the issue before it was resolved.",
  });
  expect(run.store.forges.link("widgets")?.trouble).toBeNull();
});

test("labelled issues beyond the first hundred are seen, and those of strangers are asked for once", async () => {
  const forge = await forgeWith();
  const run = await linked(forge, { script: work([[write("sum.js", RIGHT)]]) });
  for (let n = 1; n <= 100; n += 1) forge.openIssue({ title: `From a template ${n}`, by: "eve", labels: ["banyan"] });
  const wanted = forge.openIssue({ title: "The sum is wrong", by: "eve" });
  forge.label(wanted, "banyan", "ann");
  await run.until(wanted, "working");
  const askedFor = () => forge.requests.filter((request) => request.endsWith("/events")).length;
  const known = askedFor();
  await run.look(2);
  expect(askedFor()).toBe(known);
});

test("a secret with the token of another account makes that one's assignments count, and the old one's no more", async () => {
  const forge = await forgeWith();
  const run = await linked(forge, { script: work([[write("sum.js", RIGHT)]]) });
  await run.look(1);
  forge.login = "ann";
  const [old, own] = [1, 2].map((n) => forge.openIssue({ title: `The sum is wrong ${n}`, by: "eve" }));
  forge.assign(old ?? 0, "banyan-bot", "ann");
  await run.look(2);
  expect(run.issue(old ?? 0)).toBeNull();
  forge.assign(own ?? 0, "ann", "ann");
  await run.until(own ?? 0, "working");
  expect(run.store.forges.link("widgets")?.login).toBe("ann");
});

test("words on a pull request whose tree was deleted are answered, and begin no tree that could not be delivered", async () => {
  const forge = await forgeWith();
  const run = await linked(forge, { script: work([[write("sum.js", RIGHT)]]) });
  const number = forge.openIssue({ title: "The sum is wrong", by: "eve" });
  forge.label(number, "banyan", "ann");
  const open = await run.until(number, "open");
  await run.store.forges.change(open, { state: "failed" });
  await run.commands.deleteTree({ id: open.tree }, tester);
  forge.commentOnPull(open.pull ?? 0, "ann", "/banyan Once more.");
  await run.look(3);
  expect(run.issue(number)?.state).toBe("failed");
  expect((await run.trial.runtime.application.queries.listTrees()).items).toEqual([]);
  const said = forge.comments.filter(({ by, body }) => by === "banyan-bot" && body.includes("Its tree was deleted"));
  expect(said.map(({ on }) => on.number)).toEqual([open.pull]);
});
