/** Gitea's client, against a stand-in whose traffic Gitea's own description validates. */
import { createHmac } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import { startGitea } from "@/tests/forges/gitea";
import { smallRepository } from "@/tests/forges/small-repository";
import { createGitea, isSignedByGitea } from "./gitea";
import { ForgeError } from "./port";

const NOW = Date.parse("2027-01-01T00:00:00Z");

async function started({ token = "forge-token", own = "admin" as "admin" | "write" } = {}) {
  const { folder, git } = smallRepository("acme/widgets");
  const forge = await startGitea(folder, {
    accounts: [
      { login: "banyan-bot", permission: own },
      { login: "ann", permission: "write" },
      { login: "eve", permission: "read" },
    ],
  });
  onTestFinished(() => forge.close());
  const access = { kind: "gitea" as const, host: forge.host, apiUrl: forge.apiUrl, path: "acme/widgets", token };
  const port = createGitea({ access, signal: new AbortController().signal, now: () => NOW });
  return { forge, port, git };
}

const kindOf = async (work: Promise<unknown>) => {
  try {
    await work;
  } catch (error) {
    if (error instanceof ForgeError) return { kind: error.kind, untilMs: error.untilMs, message: error.message };
    throw error;
  }
  return null;
};

test("issues, who asked and who may write are read; a label that the repository lacks selects nothing", async () => {
  const { forge, port } = await started();
  expect(await port.repository()).toEqual({ defaultBranch: "main", mayPush: true });
  expect(await port.login()).toBe("banyan-bot");
  for (const title of ["One", "Two", "Three", "Four", "Five"]) forge.openIssue({ title, body: "Text", by: "eve" });
  expect(await port.issues({ label: "banyan" }, null)).toEqual({ issues: [], etag: null });
  forge.gitea.labels.push({ id: 7, name: "banyan" });
  for (const number of [1, 2, 4, 5]) forge.label(number, "banyan", "ann");
  const listed = await port.issues({ label: "banyan" }, null);
  expect(listed).toMatchObject({
    issues: [
      { number: 1, title: "One", body: "Text", author: "eve", isOpen: true, isPull: false },
      { number: 2 },
      { number: 4 },
      { number: 5 },
    ],
  });
  expect([await port.askedBy(1, { label: "Banyan" }), await port.askedBy(3, { label: "banyan" })]).toEqual([
    "ann",
    null,
  ]);
  for (const label of ["a", "b", "c"]) forge.label(1, label, "eve");
  forge.label(1, "banyan", "eve");
  expect(await port.askedBy(1, { label: "banyan" })).toBe("eve");
  forge.assign(3, "banyan-bot", "ann");
  expect(await port.issues({ assignee: "banyan-bot" }, null)).toMatchObject({ issues: [{ number: 3 }] });
  expect(await port.askedBy(3, { assignee: "banyan-bot" })).toBe("ann");
  const may = [await port.mayWrite("ann"), await port.mayWrite("eve"), await port.mayWrite("nobody")];
  expect(may).toEqual([true, false, false]);
  forge.comment(1, "ann", "/banyan please");
  await port.commentOnIssue(1, "Yes.");
  const comments = await port.issueComments(1);
  expect(comments.map(({ author, body, number }) => [author, body, number])).toEqual([
    ["ann", "/banyan please", 1],
    ["banyan-bot", "Yes.", 1],
  ]);
  for (const body of ["1", "2", "3", "4"]) forge.comment(2, "eve", body);
  const since = await port.commentsSince(comments[1]?.atMs ?? 0);
  expect(since.map(({ number, body }) => [number, body])).toEqual([
    [1, "Yes."],
    [2, "1"],
    [2, "2"],
    [2, "3"],
    [2, "4"],
  ]);
  expect(forge.complaints).toEqual([]);
});

test("a pull request is opened, found, reviewed, checked, labelled and merged as the repository merges", async () => {
  const { forge, port, git } = await started();
  forge.openIssue({ title: "One", by: "eve" });
  expect(await port.findPull("banyan/x")).toBeNull();
  const opened = await port.openPull({ title: "T", body: "B", branch: "banyan/x", base: "main" });
  const head = git("rev-parse", "banyan/x");
  expect(opened).toMatchObject({ number: 2, state: "open", head, base: "main", hasConflict: false });
  git("update-ref", "refs/heads/banyan/y", head);
  await port.openPull({ title: "WIP: one", body: "", branch: "banyan/y", base: "main" });
  expect(forge.pullOf(3)?.title).toBe("WIP\u200b: one");
  const again = port.openPull({ title: "T", body: "B", branch: "banyan/x", base: "main" });
  expect(await kindOf(again)).toMatchObject({ kind: "refused" });
  for (const branch of ["a", "b", "c", "d"])
    forge.openPull({ title: branch, body: "", by: "eve", branch, base: "main" });
  expect(await port.findPull("banyan/x")).toEqual(opened);
  expect((await port.issue(2)).isPull).toBe(true);
  expect(await port.issues({ assignee: "nobody" }, null)).toEqual({ issues: [], etag: null });
  forge.commentOnPull(2, "ann", "/banyan more");
  expect(await port.commentsSince(0)).toMatchObject([{ number: 2, body: "/banyan more" }]);
  expect(await port.pullComments(2)).toMatchObject([{ author: "ann", body: "/banyan more", place: null }]);
  await port.askReviewers(2, ["ann"]);
  expect(await kindOf(port.askReviewers(2, ["nobody"]))).toMatchObject({ kind: "refused" });
  forge.review(2, "ann", "changes", "More", { path: "a.txt", line: 7 });
  forge.review(2, "ann", "approved", "Old");
  forge.review(2, "ann", "changes", "Taken back");
  forge.review(2, "eve", "approved", "Good");
  const [, stale = 0, dismissed = 0] = forge.comments.flatMap(({ id, review }) => (review ? [id] : []));
  forge.gitea.stale.add(stale);
  forge.gitea.dismissed.add(dismissed);
  const reviews = await port.reviews(2);
  expect(reviews.map(({ author, body, verdict, place }) => [author, body, verdict, place])).toEqual([
    ["ann", "More", "changes", null],
    ["ann", "More", null, { path: "a.txt", line: 7 }],
    ["ann", "Old", null, null],
    ["ann", "Taken back", null, null],
    ["eve", "Good", "approved", null],
  ]);
  expect((await port.checks(head, 2)).state).toBe("none");
  const fine = ["lint", "types", "docs"].map((name) => ({ name, conclusion: "success" as const, summary: "" }));
  forge.checks.set(head, fine);
  expect((await port.checks(head, 2)).state).toBe("passed");
  forge.checks.set(head, [...fine, { name: "test", conclusion: "failure", summary: "1 failed" }]);
  expect(await port.checks(head, 2)).toEqual({
    state: "failed",
    failed: [{ name: "test", summary: "1 failed", url: "https://forge.test/run" }],
  });
  forge.gitea.labels.push({ id: 7, name: "By Banyan" });
  await port.labelPull(2, ["by banyan", "new"]);
  await port.labelPull(2, ["new"]);
  expect(forge.issueOf(2)?.labels).toEqual(["By Banyan", "new"]);
  expect(forge.gitea.labels).toHaveLength(2);
  expect(await kindOf(port.mergePull(2, git("rev-parse", "main")))).toMatchObject({ kind: "refused" });
  await port.mergePull(2, head);
  expect(forge.gitea.merges).toEqual([{ Do: "rebase", head_commit_id: head }]);
  git("update-ref", "-d", "refs/heads/banyan/x");
  expect(await port.findPull("banyan/x")).toMatchObject({ number: 2, state: "merged" });
  expect(forge.complaints).toEqual([]);
});

test("a pull request is closed while it is open, and one that is merged or closed is only read", async () => {
  const { forge, port, git } = await started();
  const main = git("rev-parse", "main");
  const { number } = await port.openPull({ title: "T", body: "B", branch: "banyan/x", base: "main" });
  const route = "PATCH /repos/{owner}/{repo}/pulls/{index}";
  const message = "cannot close this pull request because it still has open dependencies";
  forge.before = (asked) => (asked === route ? { status: 412, data: { message, url: "" } } : null);
  expect(await kindOf(port.closePull(number))).toMatchObject({
    kind: "refused",
    message: expect.stringContaining(message),
  });
  forge.before = null;
  await port.closePull(number);
  expect((await port.pull(number)).state).toBe("closed");
  expect(git("rev-parse", "main")).toBe(main);
  const merged = await port.openPull({ title: "T", body: "B", branch: "banyan/x", base: "main" });
  await port.mergePull(merged.number, merged.head);
  forge.requests.length = 0;
  await port.closePull(number);
  await port.closePull(merged.number);
  const read = [number, merged.number].map((one) => `GET /repos/acme/widgets/pulls/${one}`);
  expect(forge.requests).toEqual(read);
  expect((await port.pull(merged.number)).state).toBe("merged");
  expect(await kindOf(port.closePull(99))).toMatchObject({ kind: "missing" });
  expect(forge.complaints).toEqual([]);
});

test("an account that may not see who may write, a wrong token, limits and nonsense each have a kind", async () => {
  const { forge, port } = await started({ own: "write" });
  expect(await kindOf(port.repository())).toMatchObject({
    kind: "refused",
    message: expect.stringContaining("an administrator of acme/widgets"),
  });
  expect(await kindOf(port.mayWrite("ann"))).toMatchObject({ kind: "refused" });
  const answers = (status: number, data: unknown, headers?: Record<string, string>) => {
    forge.before = () => ({ status, data, ...(headers && { headers }) });
    return kindOf(port.login());
  };
  expect(await answers(429, {})).toMatchObject({ kind: "limited", untilMs: NOW + 60_000 });
  expect(await answers(429, {}, { "retry-after": "30" })).toMatchObject({ kind: "limited", untilMs: NOW + 30_000 });
  expect(await answers(403, forge.tooFewRights.data)).toMatchObject({
    kind: "refused",
    message: expect.stringContaining("required scope(s): [write:issue]"),
  });
  expect(await answers(307, {}, { location: "https://elsewhere.test/" })).toMatchObject({ kind: "missing" });
  expect(await answers(502, "bad gateway")).toMatchObject({ kind: "away" });
  expect(await answers(200, { login: 7 })).toMatchObject({ kind: "away" });
  const { port: wrong } = await started({ token: "another" });
  expect(await kindOf(wrong.login())).toMatchObject({ message: expect.stringContaining("renew its secret") });
  await forge.close();
  expect(await kindOf(port.login())).toMatchObject({ kind: "away" });
});

test("a delivery of Gitea and one of Forgejo count with the right signature only", () => {
  const digest = createHmac("sha256", "secret").update("{}").digest("hex");
  expect(isSignedByGitea({ "x-gitea-signature": digest }, "{}", "secret")).toBe(true);
  expect(isSignedByGitea({ "x-forgejo-signature": digest, "x-gitea-signature": digest }, "{}", "secret")).toBe(true);
  expect(isSignedByGitea({ "x-gitea-signature": digest }, "{ }", "secret")).toBe(false);
  expect(isSignedByGitea({ "x-gitea-signature": `sha256=${digest}` }, "{}", "secret")).toBe(false);
  expect(isSignedByGitea({}, "{}", "secret")).toBe(false);
});
