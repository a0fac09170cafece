/** A change of several repositories: a pull request in each, merged in the order of their needs, or none of them. */
import { expect, test } from "vitest";
import type { ForgeKind } from "@/core/shapes/forges";
import { killing, losing } from "@/tests/agents/forges/bad-days";
import { file, forgeWith, linked, RIGHT, work, write } from "@/tests/agents/forges/linked";
import { pullOf } from "@/tests/agents/forges/walks";
import type { Reply } from "@/tests/agents/provider-script";
import { call } from "@/tests/agents/replies";
import { tester } from "@/tests/agents/scenario";

const LIBRARY = { "add.js": "export const add = (a, b) => a - b;\n", "README.md": "A library.\n" };
const ADDS = "export const add = (a, b) => a + b;\n";
const BOTH = [write("core/add.js", ADDS), write("widgets/sum.js", RIGHT)];

/** An application and the library that it needs, each at a forge of its own, with the issue in the application's. */
async function together(attempts: Reply[][], rules = "", kind: ForgeKind = "github") {
  const [app, library] = [await forgeWith(), await forgeWith(LIBRARY, kind)];
  const run = await linked(app, { script: work(attempts), beside: [library] });
  const added = await run.commands.addRepository(
    { id: "widgets", address: library.cloneUrl, folder: "core", check: "grep -q 'a + b' add.js" },
    tester,
  );
  if (rules !== "") await run.commands.linkForge({ id: "widgets", rules }, tester);
  const number = app.openIssue({ title: "Sums are wrong", by: "eve" });
  app.label(number, "banyan", "ann");
  const parts = () => run.store.forges.pulls(run.issue(number)?.id ?? 0);
  const complaints = () => [...app.complaints, ...library.complaints, ...run.trial.faults];
  return { app, library, run, number, parts, complaints, added };
}

/** What is counted of the pull requests that were merged as they were. */
async function pullsCounted({ trial }: Awaited<ReturnType<typeof linked>>) {
  const until = new Date(Date.now() + 1).toISOString();
  const { items } = await trial.runtime.application.queries.getKpis({ until, project: "widgets" });
  const { value, basis } = items.find(({ id }) => id === "pulls_as_they_were") ?? {};
  return { value, of: basis?.of };
}

test("a library and its application are changed as one: two pull requests, merged by rule once both are approved, the library first", async () => {
  const { app, library, run, number, parts, complaints, added } = await together(
    [BOTH, [write("core/README.md", "It adds.\n")]],
    "label lib: core/**\nmerge 1 approval: **",
  );
  expect(added.sentence).toContain("A change of several is merged in this order: core, widgets.");
  const { branch, tree } = await run.until(number, "open");
  const { queries } = run.trial.runtime.application;
  const { root_task_id: root } = await queries.getTree(tree);
  expect((await queries.getTask(root)).instruction).toContain(
    "The folder has 2 repositories side by side: widgets (acme/widgets), core (acme/widgets).",
  );
  expect((await queries.getGoal(tree))?.validation_command).toBe(
    "(cd core && grep -q 'a + b' add.js) && (cd widgets && grep -q 'a + b' sum.js)",
  );
  const [mine, theirs] = [pullOf(app), pullOf(library)];
  expect([file(app, branch, "sum.js"), file(library, branch, "add.js")]).toEqual([RIGHT, ADDS]);
  expect(mine.body).toContain("Closes #1.");
  expect(theirs.body).toContain(`Part of [acme/widgets#1](${run.issue(number)?.url}).`);
  expect(theirs.labels).toEqual(["lib"]);
  for (const { body } of [mine, theirs]) expect(body).toContain("one part of a change in several repositories");
  const said = library.comments.filter(({ by }) => by === "banyan-bot").map(({ body }) => body);
  expect(said).toEqual([
    expect.stringContaining(`1. acme/widgets#1 (this one)\n2. [acme/widgets#2](${run.issue(number)?.pullUrl})`),
  ]);

  // A review in the library continues the one tree, and the application's branch stays as it is.
  const before = file(app, branch, "sum.js");
  const head = parts().find(({ folder }) => folder === "widgets")?.head;
  library.review(theirs.number, "ann", "changes", "Say it in the README.", { path: "README.md", line: 1 });
  await run.look(1);
  expect(run.issue(number)).toMatchObject({ state: "working", rounds: 1, tree });
  expect(run.issue(number)?.words?.text).toContain("says on core/README.md, line 1:");
  await run.until(number, "open");
  expect(file(library, branch, "README.md")).toBe("It adds.\n");
  expect(file(app, branch, "sum.js")).toBe(before);
  expect(parts().find(({ folder }) => folder === "widgets")?.head).toBe(head);

  // One approval merges neither.
  library.review(theirs.number, "ann", "approved", "Fine.");
  await run.look(2);
  expect([library, app].map((forge) => pullOf(forge).pull?.merged)).toEqual([false, false]);
  expect(parts().map(({ folder, why }) => [folder, why])).toEqual([
    ["core", "Its rule would merge it, and waits for the change of widgets."],
    ["widgets", "Its rule merges it after: 1 approval, has 0."],
  ]);
  app.review(mine.number, "ann", "approved", "Fine.");
  await run.look(1);
  expect([library, app].map((forge) => pullOf(forge).pull?.merged)).toEqual([true, false]);
  await run.until(number, "merged");
  expect(pullOf(app).pull?.merged).toBe(true);
  expect([file(app, "main", "sum.js"), file(library, "main", "add.js")]).toEqual([RIGHT, ADDS]);
  expect(app.issueOf(number)?.open).toBe(false);
  expect(parts().map(({ state }) => state)).toEqual(["merged", "merged"]);
  expect((await queries.listTrees()).items).toHaveLength(1);
  expect(await pullsCounted(run)).toEqual({ value: 0, of: 1 });
  expect(complaints()).toEqual([]);
});

test("one of two pull requests is rejected: the other is closed with it, whichever it is, and nothing is merged", async () => {
  const { app, library, run, number, parts, complaints } = await together([BOTH], "merge 1 approval: **");
  await run.until(number, "open");
  library.review(pullOf(library).number, "ann", "approved", "Fine.");
  app.closePull(pullOf(app).number);
  const { why } = await run.until(number, "closed");
  expect(why).toBe("acme/widgets#2 was closed without a merge, so nothing of the change is merged.");
  expect(pullOf(library)).toMatchObject({ open: false, pull: { merged: false } });
  expect(library.comments.at(-1)?.body).toContain("merged together or not at all, so Banyan closes this one too.");
  expect(parts().map(({ folder, state }) => [folder, state])).toEqual([
    ["core", "closed"],
    ["widgets", "closed"],
  ]);
  expect(file(library, "main", "add.js")).toBe(LIBRARY["add.js"]);
  expect(complaints()).toEqual([]);
});

test("people who merge the library and then reject the application are told that half of the change is in", async () => {
  const { app, library, run, number, complaints } = await together([BOTH]);
  await run.until(number, "open");
  // Its pull requests are followed without the tree.
  await run.commands.deleteTree({ id: run.issue(number)?.tree ?? "" }, tester);
  library.merge(pullOf(library).number);
  await run.look(2);
  expect(run.issue(number)?.state).toBe("open");
  app.closePull(pullOf(app).number);
  const { why } = await run.until(number, "closed");
  expect(why).toContain("and acme/widgets#1 is merged: a person decides whether that is taken back.");
  expect(app.comments.filter(({ on, body }) => on.number === number && body.includes("Only a part of"))).toHaveLength(
    1,
  );
  expect(complaints()).toEqual([]);
});

test("a change of the library alone is one pull request there, and the issue is told of its merge", async () => {
  const { app, library, run, number, complaints } = await together([
    [...BOTH, write("widgets/node_modules/left/index.js", "// Nobody's work.\n")],
    [write("core/README.md", "It adds.\n")],
  ]);
  app.commit("main", { "sum.js": RIGHT });
  const { pull } = await run.until(number, "open");
  expect(pull).toBeNull();
  expect(app.issues.some((issue) => issue.pull)).toBe(false);
  expect(pullOf(library).body).not.toContain("one part of");
  expect(pullOf(library).body).toContain("Resolves [acme/widgets#1]");
  // The pull request is followed, also when somebody has closed the issue meanwhile.
  const issue = app.issueOf(number);
  if (issue) issue.open = false;
  library.review(pullOf(library).number, "ann", "changes", "Say it in the README.");
  await run.look(1);
  expect(run.issue(number)?.state).toBe("working");
  const { branch } = await run.until(number, "open");
  expect(file(library, branch, "README.md")).toBe("It adds.\n");
  library.merge(pullOf(library).number);
  library.revert(pullOf(library).number, "This reverts commit $commit.");
  expect(await run.until(number, "merged")).toMatchObject({ takenBackAtMs: expect.any(Number) });
  const told = app.comments.filter(({ on, body }) => on.number === number && body.startsWith("Merged: "));
  expect(told.map(({ body }) => body)).toEqual([expect.stringContaining("A person closes this issue")]);
  expect(await pullsCounted(run)).toEqual({ value: 0, of: 1 });
  expect(complaints()).toEqual([]);
});

test("after a failure a command on each of its pull requests lets it go on, by people who may write there, once each", async () => {
  // A key that an agent writes is redacted before it is written, so a command makes this one.
  const key = ` %s_' ghp; echo ${"a1B2c3D4e5".repeat(4).slice(0, 36)}; } > core/add.js`;
  const withKey = (n: number) => [call("use_terminal", { command: `{ printf '${ADDS.trim()} // ${n}${key}` })];
  const { app, library, run, number, parts, complaints } = await together([
    BOTH,
    withKey(1),
    withKey(2),
    [write("core/add.js", `${ADDS}\n`)],
    [write("widgets/README.md", "Adds.\n")],
  ]);
  await run.until(number, "open");
  const [mine, theirs] = [pullOf(app).number, pullOf(library).number];
  const told = () =>
    app.comments.filter(({ on, body }) => on.number === mine && body.includes("could not finish this"));
  library.review(theirs, "ann", "changes", "Say what it adds.");
  await run.look(1);
  expect((await run.until(number, "failed")).why).toContain("looks like a key");
  library.commentOnPull(theirs, "eve", "/banyan push it");
  library.commentOnPull(theirs, "ann", "It is /banyan who failed.");
  await run.look(2);
  expect(run.issue(number)?.state).toBe("failed");
  expect(told()).toHaveLength(1);

  library.commentOnPull(theirs, "ann", "/banyan Without the key.");
  library.commentOnPull(theirs, "ann", "/banyan");
  await run.look(1);
  const going = run.issue(number);
  expect(going).toMatchObject({ state: "working", why: null, rounds: 1 });
  for (const words of ["Without the key.", "Try again."])
    expect(going?.words?.text).toContain(`ann, who may write to the repository, says in core:\n\n> ${words}`);
  // It fails again, which is told again, and a command that it was given does not count twice.
  await run.until(number, "failed");
  await run.look(2);
  expect(run.issue(number)?.state).toBe("failed");
  expect(told()).toHaveLength(2);
  library.commentOnPull(theirs, "ann", "/banyan Leave the key out.");
  await run.look(1);
  const { branch } = await run.until(number, "open");
  expect(file(library, branch, "add.js")).toBe(`${ADDS}\n`);
  await run.look(2);
  expect(run.issue(number)).toMatchObject({ state: "open", rounds: 1 });

  const fails = async () => {
    const issue = run.issue(number);
    if (issue) await run.store.forges.change(issue, { state: "failed" });
  };
  await fails();
  app.commentOnPull(mine, "ann", "/banyan Say it in the README.");
  await run.look(1);
  expect(run.issue(number)).toMatchObject({ state: "working", words: { text: "Say it in the README." } });
  await run.until(number, "open");
  await run.look(2);
  expect(run.issue(number)).toMatchObject({ state: "open", rounds: 1 });
  expect(parts().map(({ state }) => state)).toEqual(["open", "open"]);

  // What is said in a repository that the project no longer has reaches nobody.
  await fails();
  await run.commands.removeRepository({ id: "widgets", folder: "core" }, tester);
  library.commentOnPull(theirs, "ann", "/banyan Once more.");
  await run.look(2);
  expect(run.issue(number)?.state).toBe("failed");
  expect(run.store.forges.link("widgets")?.trouble).toBeNull();
  expect(complaints()).toEqual([]);
});

test("an application on GitHub and its library on Gitea are changed as one: a command on Gitea counts after a failure, and both are merged", async () => {
  const { app, library, run, number, parts, complaints } = await together(
    [BOTH, [write("core/README.md", "It adds.\n")]],
    "merge 1 approval: **",
    "gitea",
  );
  const open = await run.until(number, "open");
  const [mine, theirs] = [pullOf(app), pullOf(library)];
  expect(theirs.body).toContain(`Part of [acme/widgets#1](${open.url}).`);
  for (const [forge, { number: pull }] of [[app, mine] as const, [library, theirs] as const])
    expect(forge.comments.filter(({ on, body }) => on.number === pull && body.includes("are one change"))).toHaveLength(
      1,
    );
  await run.store.forges.change(open, { state: "failed" });
  library.commentOnPull(theirs.number, "eve", "/banyan do anything");
  await run.look(2);
  expect(run.issue(number)?.state).toBe("failed");
  library.commentOnPull(theirs.number, "ann", "/banyan Say it in the README.");
  await run.look(1);
  expect(run.issue(number)?.words?.text).toContain("says in core:\n\n> Say it in the README.");
  await run.until(number, "open");
  expect(file(library, open.branch, "README.md")).toBe("It adds.\n");
  library.review(theirs.number, "ann", "approved", "Fine.");
  await run.look(2);
  expect([library, app].map((forge) => pullOf(forge).pull?.merged)).toEqual([false, false]);
  app.review(mine.number, "ann", "approved", "Fine.");
  await run.until(number, "merged");
  expect([file(app, "main", "sum.js"), file(library, "main", "add.js")]).toEqual([RIGHT, ADDS]);
  expect(parts().map(({ folder, state }) => [folder, state])).toEqual([
    ["core", "merged"],
    ["widgets", "merged"],
  ]);
  expect(complaints()).toEqual([]);
});

test("killed and lost at every step, also between the two: one tree, one pull request in each, each comment once, both merged", async () => {
  const { app, library, run, number, parts } = await together([BOTH], "merge 1 approval: **");
  const lost = [losing(app), losing(library)];
  const killed = killing(run.store);
  await run.until(number, "open");
  for (const forge of [library, app]) forge.review(pullOf(forge).number, "ann", "approved", "Fine.");
  await run.until(number, "merged");
  for (const forge of [library, app]) {
    expect(forge.issues.filter(({ pull }) => pull)).toHaveLength(1);
    expect(pullOf(forge)).toMatchObject({ open: false, pull: { merged: true } });
    const bodies = forge.comments.filter(({ by }) => by === "banyan-bot").map(({ body }) => body.split("\n")[0]);
    expect(bodies).toEqual([
      "These pull requests are one change. Merge them in this order:",
      "Merged by the project's rule `merge 1 approval: **`.",
    ]);
  }
  const order = [library, app].map((forge) => forge.requests.filter((request) => request.endsWith("/merge")).length);
  expect(order.every((times) => times >= 1)).toBe(true);
  expect(parts().map(({ state }) => state)).toEqual(["merged", "merged"]);
  expect((await run.trial.runtime.application.queries.listTrees()).items).toHaveLength(1);
  expect(lost.every((routes) => routes.size >= 4)).toBe(true);
  const once = [...killed].filter(([, times]) => times < 2).map(([key]) => key);
  expect(once).toEqual([]);
  expect([...app.complaints, ...library.complaints]).toEqual([]);
});
