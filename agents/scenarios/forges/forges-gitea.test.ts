/** Work that comes from Gitea: what differs from GitHub is in its client, so one way through all of it is shown here. */
import { expect, test } from "vitest";
import { takeDelivery } from "@/agents/forges/hook";
import { FILES, file, forgeWith, linked, RIGHT, work, write } from "@/tests/agents/forges/linked";

test("an issue of Gitea with the label becomes a pull request; a review and a red status continue it, and a merge closes both", async () => {
  const forge = await forgeWith(FILES, "gitea");
  const attempts = [[write("sum.js", RIGHT)], [write("README.md", "Adds.\n")], [write("CHANGES.md", "The sum.\n")]];
  const run = await linked(forge, { script: work(attempts) });
  expect(run.store.forges.link("widgets")).toMatchObject({ kind: "gitea", path: "acme/widgets", login: "banyan-bot" });
  const number = forge.openIssue({ title: "The sum is wrong", body: "1 + 2 is **-1**", by: "eve" });
  const other = forge.openIssue({ title: "Nobody asks for this", by: "eve", labels: ["banyan"] });
  await run.look();
  expect([run.issue(number), run.issue(other)]).toEqual([null, null]);
  forge.label(number, "banyan", "ann");
  const open = await run.until(number, "open");
  expect(forge.pullOf(3)).toMatchObject({ title: "The sum is wrong", by: "banyan-bot", pull: { branch: open.branch } });
  expect(forge.pullOf(3)?.body).toContain("Closes #1.");
  expect(file(forge, open.branch, "sum.js")).toBe(RIGHT);
  forge.review(3, "eve", "changes", "Rewrite all of it.");
  await run.look();
  expect(run.issue(number)?.state).toBe("open");
  forge.review(3, "ann", "changes", "Say it in the README too.", { path: "README.md", line: 1 });
  await run.look(1);
  expect(run.issue(number)?.words?.text).toContain("says on README.md, line 1:\n\n> Say it in the README too.");
  const again = await run.until(number, "open");
  expect(file(forge, open.branch, "README.md")).toBe("Adds.\n");
  forge.checks.set(again.head ?? "", [{ name: "ci", conclusion: "failure", summary: "CHANGES is missing" }]);
  await run.look(1);
  expect(run.issue(number)).toMatchObject({ state: "working", rounds: 2 });
  await run.until(number, "open");
  forge.merge(3);
  await run.until(number, "merged");
  expect(file(forge, "main", "CHANGES.md")).toBe("The sum.\n");
  expect(forge.issueOf(number)?.open).toBe(false);
  expect(forge.complaints).toEqual([]);
  expect(run.trial.faults).toEqual([]);
});

test("a delivery of Gitea's webhook makes the link due when it is signed with the project's secret", async () => {
  const forge = await forgeWith(FILES, "gitea");
  const run = await linked(forge, { script: work([]) });
  await run.look(1);
  const take = (headers: Record<string, string>) =>
    takeDelivery(
      { store: run.store, secret: (name) => (name === "forge/widgets" ? "s" : null), now: () => Date.now() },
      { project: "widgets", headers, body: "{}" },
    );
  expect(await take(forge.signed("{}", "another"))).toBe(false);
  expect(run.store.forges.due(Date.now())).toEqual([]);
  expect(await take(forge.signed("{}", "s"))).toBe(true);
  expect(run.store.forges.due(Date.now())).toMatchObject([{ project: "widgets" }]);
});
