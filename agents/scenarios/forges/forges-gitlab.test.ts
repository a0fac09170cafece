/**
 * Work that comes from GitLab: the walks of GitHub, on a project in a subgroup whose merge requests have numbers of their own.
 * Which write is lost or killed makes no difference between forges but in the requests, so that walk has no review here.
 */
import { expect, test } from "vitest";
import { keyIsKept, limitIsKept, lostAndKilled, onlySignedCounts } from "@/tests/agents/forges/bad-days";
import { FILES, forgeWith, linked, RIGHT, work, write } from "@/tests/agents/forges/linked";
import { labelToMerge, redAndConflict, strangers } from "@/tests/agents/forges/walks";

test("an issue of GitLab with the label becomes a merge request; a review continues it, and a merge closes both", async () => {
  await labelToMerge("gitlab");
});

test("F6: strangers start nothing on GitLab; a writer starts by a comment or an assignment", async () => {
  await strangers("gitlab");
});

test("a red pipeline and a conflict with the base continue the tree, three times at most", async () => {
  await redAndConflict("gitlab");
});

test("F6: lost and killed at every step on GitLab: one tree, one branch, one merge request", async () => {
  await lostAndKilled("gitlab", { isReviewed: false });
});

test("F6: a change with a key is not pushed to GitLab, and a command on the merge request counts after a failure", async () => {
  await keyIsKept("gitlab");
});

test("GitLab at its limit is left alone until it says, and a token with too few rights is said", async () => {
  await limitIsKept("gitlab");
});

test("F6: only a delivery of GitLab that is signed with the project's secret makes its forge due", async () => {
  await onlySignedCounts("gitlab");
});

test("where Banyan's account is that of the reviewer, what Banyan writes is no review", async () => {
  const forge = await forgeWith(FILES, "gitlab");
  const script = work([[write("sum.js", RIGHT)], [write("README.md", "Adds.\n")]]);
  const run = await linked(forge, { script });
  const number = forge.openIssue({ title: "The sum is wrong", by: "ann" });
  forge.label(number, "banyan", "ann");
  const { pull } = await run.until(number, "open");
  forge.review(pull ?? 0, forge.login, "changes", "Say it in the README.");
  await run.look(1);
  expect(run.issue(number)).toMatchObject({ state: "working", rounds: 1 });
  await run.until(number, "open");
  expect(forge.comments.filter(({ body }) => body.startsWith("Changed as asked:"))).toHaveLength(1);
  await run.look(2);
  expect(run.issue(number)).toMatchObject({ state: "open", rounds: 1 });
});

test("issue #1 is not taken for merge request !1 of another issue, and what only members see becomes no work", async () => {
  const forge = await forgeWith(FILES, "gitlab");
  const run = await linked(forge, { script: work([[write("sum.js", RIGHT)], [write("sum.js", `${RIGHT}\n`)]]) });
  const first = forge.openIssue({ title: "Say it in the README", by: "eve" });
  const second = forge.openIssue({ title: "The sum is wrong", by: "eve" });
  const secret = forge.openIssue({ title: "A hole", by: "ann", labels: ["banyan"] });
  for (const issue of forge.issues) issue.confidential = issue.number === secret;
  forge.comment(secret, "ann", "/banyan");
  forge.comment(second, "ann", "/banyan");
  expect(await run.until(second, "open")).toMatchObject({ pull: first });
  forge.comment(first, "ann", "/banyan Shortly.");
  expect(await run.until(first, "open")).toMatchObject({ pull: second, asked: "Shortly." });
  // On somebody's own merge request the command asks for nothing.
  forge.commit("main", {});
  forge.openPull({ title: "Mine", body: "", by: "ann", branch: "main", base: "main" });
  forge.commentOnPull(secret, "ann", "/banyan");
  await run.look();
  expect(run.issue(secret)).toBeNull();
  expect(forge.complaints).toEqual([]);
});
