/** A5: what a person leaves behind who is removed or gets a lower role: it approves and begins nothing any more. */
import { expect, test } from "vitest";
import { guarded } from "@/agents/guard/guard";
import { type Actor, ownerCalled } from "@/core/rules/roles";
import { call, endTask } from "@/tests/agents/replies";
import { trialsOfThisFile, until } from "@/tests/agents/scenario";
import type { Trial } from "@/tests/agents/trial";

const start = trialsOfThisFile();
const [ann, bob] = ["ann@example.org", "bob@example.org"];
const admin = ownerCalled("test");
const touch = (path: string) => call("write_file", { path, content: "x" });

async function withReviewers() {
  const trial = await start({ root: [touch("a.txt"), endTask("done")] });
  const { application, store } = trial.runtime;
  await application.commands.setToolPolicy({ id: "write_file", policy: "ask" }, admin);
  for (const email of [ann, bob]) await application.commands.addUser({ email, role: "reviewer" }, admin);
  const id = store.people.findUser(ann)?.id ?? "";
  const actor: Actor = { id: `user:${id}`, name: ann, role: "reviewer" };
  return { trial, actor, commands: application.commands };
}

const rulesOf = async ({ runtime }: Trial) =>
  (await runtime.application.queries.listRules()).map(({ revoked_by }) => revoked_by);

const LOSSES: [string, string, (commands: Trial["runtime"]["application"]["commands"]) => Promise<unknown>][] = [
  ["is removed", "test", (commands) => commands.removeUser({ id: ann }, admin)],
  ["becomes an operator", "test", (commands) => commands.setUserRole({ id: ann, role: "operator" }, admin)],
];

test.each(LOSSES)("A5: a rule approves nothing more when the person who made it %s", async (_, by, lose) => {
  const { trial, actor, commands } = await withReviewers();
  const rule = { tool: "write_file", why: "Files are harmless." };
  await guarded(trial.runtime.application, actor).commands.addRule(rule);
  const token: Actor = { id: "token:x", name: `${ann} (token ci)`, role: "reviewer" };
  await guarded(trial.runtime.application, token).commands.addRule(rule);
  await commands.addRule(rule, { ...actor, name: bob });
  const [newest] = await trial.runtime.application.queries.listRules();
  await commands.revokeRule({ id: newest?.id ?? "" }, { ...actor, name: bob });
  await lose(commands);
  expect(await rulesOf(trial)).toEqual([bob, by, by]);
  const tree = await trial.submit({ task: "root", agent: "worker" });
  const open = await until(async () => {
    const { items } = await trial.runtime.application.queries.listReviews({ open: true });
    return items.length > 0 && items;
  }, "the call waits for a person");
  await commands.decide({ id: open[0]?.id ?? "", decision: "approved", reason: "" }, admin);
  expect((await trial.ended(tree.id)).status).toBe("succeeded");
});

test("A5: a rule that was made with a token ends with the token", async () => {
  const { trial, commands } = await withReviewers();
  const { application, store } = trial.runtime;
  const { id } = await commands.createToken({ role: "reviewer", name: "ci" }, admin);
  const token: Actor = { id: `token:${id}`, name: "test (token ci)", role: "reviewer" };
  await guarded(application, token).commands.addRule({ tool: "write_file", why: "Files are harmless." });
  await commands.addRule({ tool: "write_file", why: "Files are harmless." }, admin);
  await commands.revokeToken({ id: store.people.tokens()[0]?.id ?? "" }, admin);
  expect(await rulesOf(trial)).toEqual([null, "test"]);
});

test("A5: a rule goes on when its maker gets a role that may decide, and when somebody else is removed", async () => {
  const { trial, actor, commands } = await withReviewers();
  await commands.addRule({ tool: "write_file", why: "Files are harmless." }, actor);
  await commands.setUserRole({ id: ann, role: "admin" }, admin);
  await commands.removeUser({ id: bob }, admin);
  expect(await rulesOf(trial)).toEqual([null]);
  const tree = await trial.submit({ task: "root", agent: "worker" });
  expect((await trial.ended(tree.id)).status).toBe("succeeded");
});

test.each(LOSSES)("A5: a rule of somebody else ends when the person who last widened it %s", async (_, by, lose) => {
  const { trial, actor, commands } = await withReviewers();
  const made = { tool: "write_file", why: "Files are harmless.", most_uses: 1 };
  const changes = [{ most_uses: null }, { hours: 200 }, { why: "Said better." }];
  for (const change of changes) {
    const { rule } = await commands.addRule(made, { ...actor, name: bob });
    await guarded(trial.runtime.application, actor).commands.changeRule({ id: rule, ...change });
  }
  await lose(commands);
  expect(await rulesOf(trial)).toEqual([null, by, by]);
});
