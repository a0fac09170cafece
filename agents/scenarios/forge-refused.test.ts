/** Work of a forge that cannot begin, and a forge that cannot be asked: both are said until a person has helped. */
import { expect, test } from "vitest";
import { forgeWith, linked, work, write } from "@/tests/agents/forges/linked";
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
