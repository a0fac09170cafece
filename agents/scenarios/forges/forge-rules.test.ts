/** Rules of a project's pull requests: labels, reviewers, and what Banyan merges without a person. */
import { expect, test } from "vitest";
import { FILES, file, forgeWith, linked, RIGHT, work, write } from "@/tests/agents/forges/linked";
import { tester } from "@/tests/agents/scenario";

const RULES = "label fix: *.js\nreview ann, nobody: *.js\nmerge 1 approval, checks: *.js\n";

test("a pull request gets its labels, and is merged by its rule after one approval and green checks, not before", async () => {
  const forge = await forgeWith();
  const run = await linked(forge, { script: work([[write("sum.js", RIGHT)]]) });
  await run.commands.linkForge({ id: "widgets", rules: RULES }, tester);
  const number = forge.openIssue({ title: "The sum is wrong", by: "eve" });
  forge.label(number, "banyan", "ann");
  const { head } = await run.until(number, "open");
  const [, pull] = forge.issues;
  expect(pull?.labels).toEqual(["fix"]);
  expect(pull?.body).toContain("| gate | outcome | what it says |");
  expect(pull?.body).toMatch(/\| scope \| passed \| .* \|/);
  const said = () => forge.comments.filter(({ by }) => by === "banyan-bot").map(({ body }) => body);
  expect(said()).toEqual([expect.stringContaining("The project's rules name reviewers that")]);
  const waits = async () => {
    await run.look(1);
    return run.issue(number);
  };
  expect(await waits()).toMatchObject({
    state: "open",
    why: "Its rule merges it after: 1 approval, has 0; the forge's checks, and there are none yet.",
  });
  forge.checks.set(head ?? "", [{ name: "ci", conclusion: "success", summary: "" }]);
  forge.review(2, "eve", "approved", "Fine.");
  expect(await waits()).toMatchObject({ why: "Its rule merges it after: 1 approval, has 0." });
  forge.review(2, "ann", "approved", "Fine.");
  expect((await run.until(number, "merged")).why).toBeNull();
  expect(said().at(-1)).toContain("Merged by the project's rule `merge 1 approval, checks: *.js`.");
  expect(forge.issues.map(({ open }) => open)).toEqual([false, false]);
  expect(forge.complaints).toEqual([]);
  expect(run.trial.faults).toEqual([]);
});

test("a rule never merges a change of other paths, of what judges it without an approval, or with somebody's commit", async () => {
  const forge = await forgeWith();
  const run = await linked(forge, {
    script: work([[write("sum.js", RIGHT), write("sum.test.js", "// none\n")], [write("sum.js", `${RIGHT}\n`)]]),
  });
  const rule = async (rules: string) => {
    await run.commands.linkForge({ id: "widgets", rules }, tester);
    await run.look(1);
    return run.issue(number)?.why;
  };
  const number = forge.openIssue({ title: "The sum is wrong", by: "eve" });
  forge.label(number, "banyan", "ann");
  const { head, branch } = await run.until(number, "open");
  forge.checks.set(head ?? "", [{ name: "ci", conclusion: "success", summary: "" }]);
  expect(await rule("merge checks: docs/**")).toBeNull();
  expect(await rule("merge checks: *.js")).toBe(
    "Its rule merges it after: 1 approval (it changes sum.test.js, which judges it), has 0.",
  );
  forge.review(2, "ann", "approved", "Fine.");
  forge.commit(branch, { "sum.js": `${RIGHT}// mine\n` });
  expect(await rule("merge 1 approval: *.js")).toBe(
    "Its rule merges it after: a person looks, because somebody else pushed to its branch; 1 approval, has 0.",
  );
  expect(forge.issues[1]).toMatchObject({ open: true, pull: { merged: false } });
  await expect(run.commands.linkForge({ id: "widgets", rules: "merge tests: **" }, tester)).rejects.toThrow(
    "Line 1 of the rules: “tests” is nothing that a merge can need",
  );
  expect(run.trial.faults).toEqual([]);
});

test("a merge whose answer is lost, or that ends in a kill, happens once", async () => {
  const forge = await forgeWith();
  const run = await linked(forge, { script: work([[write("sum.js", RIGHT)]]) });
  await run.commands.linkForge({ id: "widgets", rules: "merge 1 approval: *.js" }, tester);
  const number = forge.openIssue({ title: "The sum is wrong", by: "eve" });
  forge.label(number, "banyan", "ann");
  await run.until(number, "open");
  forge.review(2, "ann", "approved", "Fine.");
  let lost = 0;
  forge.after = (route) => {
    if (!route.includes("/merge") || lost > 0) return null;
    lost += 1;
    return { status: 502, data: {} };
  };
  await run.until(number, "merged");
  expect(lost).toBe(1);
  expect(forge.comments.filter(({ body }) => body.includes("Merged by"))).toHaveLength(1);
  expect(forge.requests.filter((request) => request.endsWith("/merge"))).toHaveLength(1);
});

test("a rule's merge is said once after it, however often a kill or a lost answer comes between, and never when a person merged", async () => {
  const forge = await forgeWith();
  const run = await linked(forge, { script: work([[write("sum.js", RIGHT)], [write("README.md", "Adds.\n")]]) });
  await run.commands.linkForge({ id: "widgets", rules: "merge 1 approval: **" }, tester);
  const opened = async (pull: number, by = "ann") => {
    const number = forge.openIssue({ title: `The sum is wrong ${pull}`, by: "eve" });
    forge.label(number, "banyan", by);
    await run.until(number, "open");
    return number;
  };
  const saidOn = (pull: number) => forge.comments.filter(({ on, body }) => on.number === pull && body.includes("rule"));
  const first = await opened(2);
  let left = 2;
  // The merge has its effect, then nothing can be said: as if the process had been killed in between.
  forge.before = (route) => {
    if (left === 0 || !(route.startsWith("POST") && route.includes("/comments"))) return null;
    left -= 1;
    return { status: 502, data: {} };
  };
  forge.review(2, "ann", "approved", "Fine.");
  await run.until(first, "merged");
  expect(left).toBe(0);
  expect(saidOn(2).map(({ body }) => body.split("\n")[0])).toEqual([
    "Merged by the project's rule `merge 1 approval: **`.",
  ]);

  const second = await opened(4);
  forge.before = (route) => (route.includes("/merge") ? { status: 405, data: { message: "Protected branch" } } : null);
  forge.review(4, "ann", "approved", "Fine.");
  await run.look(2);
  expect(run.issue(second)).toMatchObject({
    state: "open",
    why: expect.stringContaining("Its rule would merge it, but"),
  });
  forge.merge(4);
  await run.until(second, "merged");
  expect(saidOn(4)).toEqual([]);
  expect(forge.complaints).toEqual([]);
  expect(run.trial.faults).toEqual([]);
});

test.each([
  ["github", "pull request"],
  ["gitlab", "merge request"],
] as const)(
  "words on an issue of %s continue an open %s; while its tree works, Banyan says once that it is busy",
  async (kind, named) => {
    const forge = await forgeWith(FILES, kind);
    const run = await linked(forge, { script: work([[write("sum.js", RIGHT)], [write("README.md", "Adds.\n")]]) });
    const number = forge.openIssue({ title: "The sum is wrong", by: "eve" });
    forge.label(number, "banyan", "ann");
    const { branch } = await run.until(number, "open");
    forge.comment(number, "eve", "/banyan delete it all");
    await run.look(1);
    expect(run.issue(number)?.state).toBe("open");
    forge.comment(number, "ann", "/banyan Say it in the README too.");
    await run.look(1);
    expect(run.issue(number)).toMatchObject({ state: "working", rounds: 1 });
    forge.comment(number, "ann", "/banyan And more.");
    await run.look(1);
    await run.until(number, "open");
    await run.look(2);
    expect(file(forge, branch, "README.md")).toBe("Adds.\n");
    const busy = forge.comments.filter(({ body }) => body.includes("works on this already"));
    expect(busy.map(({ body }) => body.includes(`on its ${named} then`))).toEqual([true]);
    expect(forge.comments.filter(({ body }) => body.includes("And more")).map(({ by }) => by)).toEqual(["ann"]);
    expect(run.trial.faults).toEqual([]);
  },
);

test("an approval from before words on an issue of GitLab does not merge what its tree did with them, and each round is answered", async () => {
  const forge = await forgeWith(FILES, "gitlab");
  const attempts = [write("sum.js", RIGHT), write("README.md", "Adds.\n"), write("README.md", "It adds.\n")];
  const run = await linked(forge, { script: work(attempts.map((one) => [one])) });
  await run.commands.linkForge({ id: "widgets", rules: "merge 1 approval, checks: **" }, tester);
  const number = forge.openIssue({ title: "The sum is wrong", by: "eve" });
  forge.label(number, "banyan", "ann");
  const { pull } = await run.until(number, "open");
  forge.review(pull ?? 0, "ann", "approved", "Fine.");
  await run.look(1);
  expect(run.issue(number)?.why).toBe("Its rule merges it after: the forge's checks, and there are none yet.");
  forge.comment(number, "ann", "/banyan Say it in the README too.");
  await run.look(1);
  const { head } = await run.until(number, "open");
  forge.checks.set(head ?? "", [{ name: "ci", conclusion: "success", summary: "" }]);
  await run.look(2);
  expect(run.issue(number)).toMatchObject({ state: "open", why: "Its rule merges it after: 1 approval, has 0." });
  forge.commentOnPull(pull ?? 0, "ann", "/banyan Say what adds.");
  await run.look(1);
  await run.until(number, "open");
  expect(forge.comments.filter(({ body }) => body.startsWith("Changed as asked:"))).toHaveLength(2);
  expect(run.trial.faults).toEqual([]);
});

test("the project's check counts only for a commit with the very files that it was run on", async () => {
  const forge = await forgeWith();
  const run = await linked(forge, { script: work([[write("sum.js", RIGHT)], [write("sum.js", `${RIGHT}\n`)]]) });
  await run.commands.linkForge({ id: "widgets", rules: "merge check: *.js" }, tester);
  const [first = 0, second = 0] = [1, 2].map((n) => forge.openIssue({ title: `The sum is wrong ${n}`, by: "eve" }));
  forge.label(first, "banyan", "ann");
  await run.until(first, "working");
  forge.commit("main", { "other.js": "throw new Error();\n" });
  await run.until(first, "open");
  await run.look(2);
  expect(run.issue(first)).toMatchObject({
    state: "open",
    why: "Its rule merges it after: the project's check, which did not run on the files of this commit.",
  });
  forge.label(second, "banyan", "ann");
  await run.until(second, "merged");
  expect(run.trial.faults).toEqual([]);
});
