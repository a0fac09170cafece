/** A project whose code is at GitHub and whose issues are in Jira. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { takeDelivery } from "@/agents/forges/hook";
import { ForgeError } from "@/lib/forges/port";
import { file, forgeWith, linked, RIGHT, work, write } from "@/tests/agents/forges/linked";
import { tester } from "@/tests/agents/scenario";
import type { TrialOptions } from "@/tests/agents/trial";
import { startJira } from "@/tests/forges/jira";

async function withJira(script: NonNullable<TrialOptions["script"]>) {
  const forge = await forgeWith();
  const folder = mkdtempSync(join(tmpdir(), "banyan-jira-"));
  const tracker = await startJira(folder, {
    accounts: [
      { login: "banyan-bot", permission: "admin" },
      { login: "ann", permission: "write" },
      { login: "eve", permission: "read" },
    ],
  });
  onTestFinished(async () => {
    await tracker.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const host = new URL(tracker.apiUrl).host;
  const run = await linked(forge, { script, env: { BANYAN_PRIVATE_HOSTS: `${forge.host},${host}` } });
  await run.commands.setSecret({ id: `jira/${host.replace(":", "_")}`, value: tracker.token }, tester);
  return { forge, tracker, run, host };
}

test("an issue of Jira becomes a pull request at GitHub; the merge is said in Jira once, also when a kill comes between", async () => {
  const { forge, tracker, run, host } = await withJira(
    work([[write("sum.js", RIGHT)], [write("README.md", "Adds.\n")]]),
  );
  const { sentence } = await run.commands.linkForge({ id: "widgets", jira: tracker.jira.address }, tester);
  expect(sentence).toContain("issues of ACME in Jira with the label “banyan”");
  expect(sentence).toContain("assigned to banyan-bot (id-banyan-bot)");
  // Numbers of Jira's issues and of GitHub's pull requests are two counts.
  const stranger = tracker.openIssue({ title: "Nobody who may asks for it", by: "eve", labels: ["banyan"] });
  const number = tracker.openIssue({ title: "The sum is wrong", body: "1 + 2 is -1", by: "eve" });
  await run.look();
  expect([run.issue(stranger), run.issue(number)]).toEqual([null, null]);
  tracker.label(number, "banyan", "ann");
  const open = await run.until(number, "open");
  expect(open).toMatchObject({ number: 2, pull: 1, askedBy: "ann (id-ann)", url: `http://${host}/browse/ACME-2` });
  const pull = forge.pullOf(1);
  expect(pull?.body).toContain(`Resolves [ACME-2](http://${host}/browse/ACME-2).`);
  expect(pull?.body).not.toContain("Closes");
  expect(file(forge, open.branch, "sum.js")).toBe(RIGHT);
  const { queries } = run.trial.runtime.application;
  const tree = await queries.getTree(open.tree);
  expect((await queries.getTask(tree.root_task_id)).instruction).toContain("Resolve issue ACME-2 of acme/widgets");
  expect(tree.issue).toMatchObject({ name: "ACME-2", host: forge.host, issue_host: host, pull: { number: 1 } });
  expect((await queries.getForge("widgets"))?.issues).toMatchObject([{ name: "ACME-2", state: "open" }]);
  forge.review(1, "ann", "changes", "Say it in the README too.");
  await run.look(1);
  expect(run.issue(number)).toMatchObject({ state: "working", rounds: 1 });
  await run.until(number, "open");
  expect(tracker.comments).toEqual([]);
  forge.merge(1);
  const { commented } = run.store.forges;
  let kills = 0;
  run.store.forges.commented = async (...given) => {
    kills += 1;
    if (kills === 1) throw new ForgeError("Killed.", "away");
    return commented(...given);
  };
  await run.look(1);
  expect(run.issue(number)?.state).toBe("open");
  expect(tracker.comments).toHaveLength(1);
  await run.until(number, "merged");
  expect(kills).toBe(2);
  expect(tracker.comments).toMatchObject([{ on: { number: 2 }, by: "banyan-bot" }]);
  expect(tracker.comments[0]?.body).toContain(`Merged: http://${forge.host}/acme/widgets/pull/1`);
  expect(tracker.issueOf(number)?.open).toBe(true);
  const back = () => run.commands.linkForge({ id: "widgets", jira: "" }, tester);
  await expect(back()).rejects.toThrow(`became work of widgets already, such as http://${host}/browse/ACME-2`);
  await run.commands.unlinkForge({ id: "widgets" }, tester);
  await expect(back()).rejects.toThrow("became work of widgets already");
  await run.commands.linkForge({ id: "widgets", jira: `${tracker.jira.address}-1` }, tester);
  expect([...forge.complaints, ...tracker.complaints, ...run.trial.faults]).toEqual([]);
});

test("a comment in Jira by somebody who may edit starts work, a command on its pull request starts it again, and Jira's delivery makes the link due", async () => {
  const script = work([[write("sum.js", RIGHT)], [write("README.md", "Adds.\n")]]);
  const { forge, tracker, run } = await withJira(script);
  const other = tracker.jira.address.replace("ACME", "NONE");
  await expect(run.commands.linkForge({ id: "widgets", jira: "https://acme.atlassian.net" }, tester)).rejects.toThrow(
    "Give the address of a project of Jira",
  );
  await expect(run.commands.linkForge({ id: "widgets", jira: other }, tester)).rejects.toThrow("does not exist");
  await expect(run.commands.linkForge({ id: "widgets", jira: "http://8.8.8.8/browse/ACME" }, tester)).rejects.toThrow(
    "has to begin with https://",
  );
  await run.commands.linkForge({ id: "widgets", jira: tracker.jira.address }, tester);
  const number = tracker.openIssue({ title: "The sum is wrong", by: "eve" });
  tracker.comment(number, "eve", "/banyan do it");
  await run.look();
  expect(run.issue(number)).toBeNull();
  tracker.comment(number, "ann", "/banyan Mind the tests.");
  const open = await run.until(number, "open");
  expect(open).toMatchObject({ askedBy: "ann (id-ann)", asked: "Mind the tests." });
  // The forge's own issue 1 is no issue of Jira's, and the pull request is where a failure is told.
  await run.store.forges.change(open, { state: "failed" });
  forge.commentOnPull(1, "eve", "/banyan do anything");
  await run.look();
  expect(run.issue(number)?.state).toBe("failed");
  forge.commentOnPull(1, "ann", "/banyan Say it in the README.");
  await run.look(1);
  expect(run.issue(number)).toMatchObject({ state: "working", words: { text: "Say it in the README." } });
  await run.until(number, "open");
  expect(file(forge, open.branch, "README.md")).toBe("Adds.\n");
  expect(forge.issues).toHaveLength(1);
  const take = (headers: Record<string, string>) =>
    takeDelivery(
      { store: run.store, secret: (name) => (name === "forge/widgets" ? "s" : null), now: () => Date.now() },
      { project: "widgets", headers, body: "{}" },
    );
  await run.look(1);
  expect(await take(tracker.signed("{}", "another"))).toBe(false);
  expect(run.store.forges.due(Date.now())).toEqual([]);
  expect(await take(tracker.signed("{}", "s"))).toBe(true);
  expect(run.store.forges.due(Date.now())).toMatchObject([{ project: "widgets" }]);
  expect(tracker.complaints).toEqual([]);
});
