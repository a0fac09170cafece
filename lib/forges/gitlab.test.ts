/** GitLab's client, against a stand-in whose traffic is validated by what gitbeaker knows of GitLab's API. */
import { createHmac } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import { startGitlab } from "@/tests/forges/gitlab";
import { smallRepository } from "@/tests/forges/small-repository";
import { createGitlab } from "./gitlab";
import { isSignedByGitlab, newSigningToken } from "./gitlab-hook";
import { assigns, endOfTrace, pullOf, stateOf } from "./gitlab-shapes";
import { ForgeError } from "./port";

const NOW = Date.parse("2027-01-01T00:00:00Z");
const PATH = "acme/tools/widgets";

async function started(token = "forge-token") {
  const { folder, git } = smallRepository(PATH);
  const forge = await startGitlab(folder, {
    accounts: [
      { login: "banyan-bot", permission: "write" },
      { login: "ann", permission: "admin" },
      { login: "eve", permission: "read" },
    ],
  });
  onTestFinished(() => forge.close());
  const access = { kind: "gitlab" as const, host: forge.host, apiUrl: forge.apiUrl, path: PATH, token };
  const port = createGitlab({ access, signal: new AbortController().signal, now: () => NOW });
  return { forge, port, git };
}

test("issues of a project in a subgroup, who asked, who may write and comments are read and written", async () => {
  const { forge, port } = await started();
  expect(await port.repository()).toEqual({ defaultBranch: "main", mayPush: true });
  expect(await port.login()).toBe("banyan-bot");
  forge.openIssue({ title: "One", body: "Text", by: "eve", labels: ["banyan"] });
  forge.openIssue({ title: "Two", by: "ann" });
  const listed = await port.issues({ label: "banyan" }, null);
  if (listed === "unchanged") expect.fail("It was not read before.");
  expect(listed.issues).toMatchObject([
    { number: 1, title: "One", body: "Text", author: "eve", isOpen: true, isPull: false, isConfidential: false },
  ]);
  expect(await port.issues({ label: "banyan" }, listed.etag)).toBe("unchanged");
  expect(await port.askedBy(1, { label: "banyan" })).toBe("eve");
  expect(await port.askedBy(2, { label: "banyan" })).toBeNull();
  forge.label(1, "banyan", "ann");
  expect(await port.askedBy(1, { label: "Banyan" })).toBe("ann");
  expect(await port.askedBy(2, { assignee: "banyan-bot" })).toBeNull();
  // A person's words are no note of GitLab itself.
  forge.comment(2, "eve", "assigned to @banyan-bot");
  expect(await port.askedBy(2, { assignee: "banyan-bot" })).toBeNull();
  forge.assign(2, "banyan-bot", "ann");
  expect(await port.askedBy(2, { assignee: "banyan-bot" })).toBe("ann");
  expect(await port.issues({ assignee: "banyan-bot" }, null)).toMatchObject({ issues: [{ number: 2 }] });
  const writers = [await port.mayWrite("ann"), await port.mayWrite("eve"), await port.mayWrite("an")];
  expect(writers).toEqual([true, false, false]);
  forge.comment(1, "ann", "/banyan please");
  await port.commentOnIssue(1, "Yes.");
  const comments = await port.issueComments(1);
  expect(comments.map(({ author, body, number }) => [author, body, number])).toEqual([
    ["ann", "/banyan please", 1],
    ["banyan-bot", "Yes.", 1],
  ]);
  expect(await port.commentsSince(comments[1]?.atMs ?? 0)).toMatchObject([
    { id: comments[1]?.id, body: "Yes.", number: 1, on: "issue" },
  ]);
  // Notes of assignments are no comments.
  expect((await port.issueComments(2)).map(({ body }) => body)).toEqual(["assigned to @banyan-bot"]);
  expect(forge.complaints).toEqual([]);
});

test("merge requests have numbers of their own, and their reviews, lines, jobs, labels and reviewers are read and written", async () => {
  const { forge, port, git } = await started();
  forge.openIssue({ title: "One", by: "eve" });
  expect(await port.findPull("banyan/x")).toBeNull();
  const opened = await port.openPull({ title: "Draft: one", body: "B", branch: "banyan/x", base: "main" });
  const head = git("rev-parse", "banyan/x");
  expect(opened).toMatchObject({ number: 1, state: "open", head, base: "main", hasConflict: false });
  expect(forge.issues[1]?.title).toBe("Draft\u200b: one");
  expect(await kindOf(port.openPull({ title: "T", body: "B", branch: "banyan/x", base: "main" }))).toMatchObject({
    kind: "refused",
    message: expect.stringContaining("Another open merge request already exists"),
  });
  expect(await port.findPull("banyan/x")).toEqual(opened);
  forge.comment(1, "ann", "On the issue.");
  forge.commentOnPull(1, "ann", "On the merge request.");
  expect((await port.pullComments(1)).map(({ body }) => body)).toEqual(["On the merge request."]);
  expect((await port.issueComments(1)).map(({ body }) => body)).toEqual(["On the issue."]);
  expect((await port.commentsSince(0)).map(({ on, body }) => [on, body])).toEqual([
    ["issue", "On the issue."],
    ["pull", "On the merge request."],
  ]);
  // Who reviews and decides nothing talks.
  forge.review(1, "eve", "said", "Nice.");
  expect(await port.reviews(1)).toEqual([]);
  forge.review(1, "ann", "changes", "More", { path: "a.txt", line: 7 });
  expect(await port.reviews(1)).toMatchObject([
    { author: "ann", body: "On the merge request.", verdict: "changes", place: null },
    { author: "ann", body: "More", verdict: "changes", place: null },
    { author: "ann", body: "More", verdict: null, place: { path: "a.txt", line: 7 } },
  ]);
  forge.review(1, "ann", "approved", "Good.");
  expect((await port.reviews(1)).map(({ verdict, place }) => [verdict, place?.line])).toEqual([
    ["approved", undefined],
    [null, 7],
  ]);
  expect((await port.checks(head, 1)).state).toBe("none");
  forge.checks.set(head, [
    { name: "lint", conclusion: "success", summary: "" },
    { name: "test", conclusion: "failure", summary: "1 failed" },
  ]);
  expect(await port.checks(head, 1)).toEqual({
    state: "failed",
    failed: [{ name: "test", summary: "script_failure\n$ npm test\n100%\n1 failed", url: expect.anything() }],
  });
  // Of a long one its end counts, not what stands where an answer of another kind would be cut.
  forge.checks.set(head, [{ name: "test", conclusion: "failure", summary: `${"x\n".repeat(3_000_000)}the end` }]);
  const [long] = (await port.checks(head, 1)).failed;
  expect([long?.summary.slice(-9), (long?.summary.length ?? 0) < 6_000]).toEqual(["x\nthe end", true]);
  await port.labelPull(1, ["by banyan", "small"]);
  await port.askReviewers(1, ["ann"]);
  await port.askReviewers(1, ["eve"]);
  expect(forge.issues[1]).toMatchObject({ labels: ["by banyan", "small"], pull: { reviewers: ["ann", "eve"] } });
  expect(await kindOf(port.askReviewers(1, ["nobody"]))).toMatchObject({ kind: "refused" });
  expect(await kindOf(port.mergePull(1, git("rev-parse", "main")))).toMatchObject({ kind: "refused" });
  await port.mergePull(1, head);
  expect((await port.pull(1)).state).toBe("merged");
  expect(forge.complaints).toEqual([]);
});

test("a merge request is closed while it is open, and one that is merged or closed is only read", async () => {
  const { forge, port, git } = await started();
  const main = git("rev-parse", "main");
  const { number } = await port.openPull({ title: "T", body: "B", branch: "banyan/x", base: "main" });
  const route = "PUT /projects/{id}/merge_requests/{merge_request_iid}";
  const answers = (state: string) => {
    const data = { iid: number, web_url: "", state, target_branch: "main" };
    forge.before = (asked) => (asked === route ? { status: 200, data } : null);
    return kindOf(port.closePull(number));
  };
  // While it is being merged it is locked, and it may have been merged since it was read.
  expect(await answers("locked")).toMatchObject({ kind: "away" });
  expect(await answers("merged")).toBeNull();
  forge.before = null;
  await port.closePull(number);
  expect((await port.pull(number)).state).toBe("closed");
  expect(git("rev-parse", "main")).toBe(main);
  const merged = await port.openPull({ title: "T", body: "B", branch: "banyan/x", base: "main" });
  await port.mergePull(merged.number, merged.head);
  forge.requests.length = 0;
  await port.closePull(number);
  await port.closePull(merged.number);
  expect(forge.requests.map((request) => request.split(" ")[0])).toEqual(["GET", "GET"]);
  expect((await port.pull(merged.number)).state).toBe("merged");
  expect(await kindOf(port.closePull(99))).toMatchObject({ kind: "missing" });
  expect(forge.complaints).toEqual([]);
});

test("what GitLab does not know yet is not known, and of jobs those count that may not fail", () => {
  const merge = { iid: 3, web_url: "", state: "locked", sha: "a", target_branch: "main", has_conflicts: false };
  expect(pullOf({ ...merge, detailed_merge_status: "checking" })).toMatchObject({ state: "open", hasConflict: null });
  // Before 15.6 GitLab says it with another field alone.
  expect(pullOf({ ...merge, merge_status: "cannot_be_merged_recheck" })).toMatchObject({ hasConflict: null });
  expect(pullOf({ ...merge, detailed_merge_status: "draft_status" })).toMatchObject({ hasConflict: false });
  const job = (state: string, mayFail = false) => ({ id: 1, name: "", state, summary: "", url: "", mayFail });
  expect(stateOf([job("failed", true), job("success"), job("manual", true), job("skipped")])).toBe("passed");
  for (const state of ["canceled", "manual", "new to Banyan"])
    expect(stateOf([job("success"), job(state)])).toBe("undecided");
  expect([stateOf([job("skipped")]), stateOf([job("failed", true)])]).toEqual(["undecided", "undecided"]);
  expect(stateOf([job("success"), job("canceling")])).toBe("running");
  expect(stateOf([job("success"), job("waiting_for_resource")])).toBe("running");
  expect(stateOf([job("running"), job("failed")])).toBe("failed");
  expect(endOfTrace(`${"x".repeat(9_000)}\nlast`)).toMatch(/^x{5495}\nlast$/);
});

test("of what a job printed an agent sees what was not written over, whatever it printed", () => {
  const fold = (at: string) => `section_${at}:1700000000:build[collapsed=true]\r\u001b[0K`;
  const trace = `${fold("start")}Build\r\n10 %\r50 %\r100 %\r\r\n${fold("end")}\u001b[31mfailed\u001b[0m\r\n`;
  expect(endOfTrace(trace)).toBe("Build\n100 %\nfailed");
  // Patterns that began again at each place took minutes for these.
  for (const piece of ["\r", "section_start:1:", "\u001b", "\n", " "])
    expect(endOfTrace(`${piece.repeat(1_000_000 / piece.length)}x\nlast`)).toMatch(/x\nlast$/);
});

test("who is blocked, admitted by nobody or past their end may not write, and the highest of two memberships counts", async () => {
  const { forge, port } = await started();
  const member = { id: 9, username: "joe", state: "active", access_level: 30, expires_at: null };
  const mayWrite = (...data: object[]) => {
    forge.before = () => ({ status: 200, data });
    return port.mayWrite("joe");
  };
  expect(await mayWrite(member)).toBe(true);
  expect(await mayWrite({ ...member, access_level: 20 }, member)).toBe(true);
  expect(await mayWrite({ ...member, username: "joey" })).toBe(false);
  expect(await mayWrite({ ...member, state: "blocked" })).toBe(false);
  expect(await mayWrite({ ...member, membership_state: "awaiting" })).toBe(false);
  expect(await mayWrite({ ...member, expires_at: "2027-01-01" })).toBe(false);
  expect(await mayWrite({ ...member, expires_at: "2027-01-02" })).toBe(true);
});

test("a fork's branch, notes for members, threads that are resolved and refusals without a status are told apart", async () => {
  const { forge, port, git } = await started();
  const answers = (route: string, data: unknown) => {
    forge.before = (asked) => (asked === route ? { status: 200, data } : null);
  };
  const { number } = await port.openPull({ title: "T", body: "B", branch: "banyan/x", base: "main" });
  const merges = "/projects/{id}/merge_requests";
  const fork = { iid: 8, web_url: "", state: "opened", target_branch: "main", source_project_id: 9 };
  answers(`GET ${merges}`, [{ ...fork, target_project_id: 7 }]);
  expect(await port.findPull("banyan/x")).toBeNull();
  const note = {
    id: 5,
    body: "x",
    author: { id: 1, username: "ann" },
    created_at: "2027-01-01T00:00:00Z",
    system: false,
  };
  answers("GET /projects/{id}/issues/{issue_iid}/notes", [note, { ...note, id: 6, internal: true }]);
  expect((await port.issueComments(1)).map(({ id }) => id)).toEqual(["5"]);
  answers("GET /projects/{id}/events", [
    { created_at: note.created_at, note: { ...note, noteable_type: "Issue", noteable_iid: 1, internal: true } },
    { created_at: note.created_at, note: { ...note, noteable_type: "Commit", noteable_iid: null } },
    { created_at: note.created_at, note: null },
  ]);
  expect(await port.commentsSince(0)).toEqual([]);
  const line = { ...note, type: "DiffNote", position: { new_path: null, old_path: "old.txt", old_line: 3 } };
  answers(`GET ${merges}/{merge_request_iid}/discussions`, [
    { notes: [{ ...line, id: 7, resolved: true }] },
    { notes: [line, { ...note, system: true }] },
  ]);
  expect(await port.reviews(number)).toMatchObject([{ id: "5", place: { path: "old.txt", line: 3 } }]);
  answers(`PUT ${merges}/{merge_request_iid}`, { ...fork, reviewers: [{ id: 2, username: "ann" }] });
  expect(await kindOf(port.askReviewers(number, ["ann", "eve"]))).toMatchObject({
    kind: "refused",
    message: expect.stringContaining("did not ask eve to review"),
  });
  answers(`GET ${merges}/{merge_request_iid}`, { ...fork, user: { can_merge: false } });
  expect(await kindOf(port.mergePull(number, git("rev-parse", "banyan/x")))).toMatchObject({
    kind: "refused",
    message: expect.stringContaining("may not merge"),
  });
});

test("a pipeline counts for the commit that it ran for, or that it tried to merge", async () => {
  const { forge, port, git } = await started();
  const { number } = await port.openPull({ title: "T", body: "B", branch: "banyan/x", base: "main" });
  const head = git("rev-parse", "banyan/x");
  const tried = git("commit-tree", `${head}^{tree}`, "-p", "main", "-p", head, "-m", "Tried");
  const merge = "GET /projects/{id}/merge_requests/{merge_request_iid}";
  const whole = { iid: number, web_url: "", state: "opened", sha: head, target_branch: "main" };
  const stateWith = async (pipeline: { sha: string; ref: string }, parents: string[]) => {
    forge.before = (route) => {
      if (route === merge) return { status: 200, data: { ...whole, head_pipeline: { id: 3, ...pipeline } } };
      if (route.endsWith("/commits/{sha}")) return { status: 200, data: { parent_ids: parents } };
      const failed = { id: 4, name: "test", status: "failed", allow_failure: false };
      return route.endsWith("/jobs") ? { status: 200, data: [failed] } : null;
    };
    return (await port.checks(head, number)).state;
  };
  expect(await stateWith({ sha: head, ref: "banyan/x" }, [])).toBe("failed");
  // After a push GitLab names the pipeline of the commit before.
  expect(await stateWith({ sha: git("rev-parse", "main"), ref: "banyan/x" }, [head])).toBe("none");
  const ref = "refs/merge-requests/1/merge";
  expect(await stateWith({ sha: tried, ref }, [git("rev-parse", "main"), head])).toBe("failed");
  expect(await stateWith({ sha: tried, ref }, [git("rev-parse", "main")])).toBe("none");
  expect(forge.complaints).toEqual([]);
});

test("an assignment is told from its end, and from other accounts", () => {
  const note = { id: 1, author: null, created_at: 0, system: true };
  const isAssigned = (body: string) => assigns({ ...note, body }, "banyan-bot");
  expect(isAssigned("assigned to @ann, @eve, and @banyan-bot")).toBe(true);
  expect(isAssigned("assigned to @banyan-bot and unassigned @ann")).toBe(true);
  expect(isAssigned("assigned to @ann and unassigned @banyan-bot")).toBe(false);
  expect(isAssigned("unassigned @banyan-bot")).toBe(false);
  expect(isAssigned("assigned to @banyan-bot.x")).toBe(false);
  expect(assigns({ ...note, system: false, body: "assigned to @banyan-bot" }, "banyan-bot")).toBe(false);
});

test("a delivery is signed by the secret itself, or with it as GitLab's signing token", () => {
  const secret = newSigningToken();
  expect(Buffer.from(secret.replace("whsec_", ""), "base64")).toHaveLength(32);
  const key = Buffer.from(secret.slice(6), "base64");
  const signed = (body: string) => ({
    "webhook-id": "a",
    "webhook-timestamp": "1",
    "webhook-signature": `v1,AAAA v1,${createHmac("sha256", key).update(`a.1.${body}`).digest("base64")}`,
  });
  expect(isSignedByGitlab({ "x-gitlab-token": secret }, "{}", secret)).toBe(true);
  expect(isSignedByGitlab({ "x-gitlab-token": `${secret}x` }, "{}", secret)).toBe(false);
  expect(isSignedByGitlab({}, "{}", secret)).toBe(false);
  expect(isSignedByGitlab(signed("{}"), "{}", secret)).toBe(true);
  expect(isSignedByGitlab({ ...signed("{}"), "webhook-timestamp": "2" }, "{}", secret)).toBe(false);
  expect(isSignedByGitlab(signed("{}"), "[]", secret)).toBe(false);
});

const kindOf = async (work: Promise<unknown>) => {
  try {
    await work;
  } catch (error) {
    if (error instanceof ForgeError) return { kind: error.kind, untilMs: error.untilMs, message: error.message };
    throw error;
  }
  return null;
};

test("GitLab's limits, a token that is wrong or may too little, and answers that are none each have a kind", async () => {
  const { forge, port } = await started();
  const answers = (status: number, data: unknown, headers?: Record<string, string>) => {
    forge.before = () => ({ status, data, ...(headers && { headers }) });
    return kindOf(port.login());
  };
  const reset = { "ratelimit-remaining": "0", "ratelimit-reset": String(NOW / 1_000 + 120) };
  expect(await answers(429, "Retry later", reset)).toMatchObject({ kind: "limited", untilMs: NOW + 120_000 });
  const both = { ...reset, "retry-after": "30" };
  expect(await answers(429, "Retry later", both)).toMatchObject({ kind: "limited", untilMs: NOW + 30_000 });
  expect(await answers(429, "")).toMatchObject({ kind: "limited", untilMs: NOW + 60_000 });
  // The last request of a minute may be refused for another reason.
  expect(await answers(403, { message: "403 Forbidden" }, reset)).toEqual({
    kind: "refused",
    untilMs: null,
    message: `${forge.host} refuses this (403 Forbidden): give the token the rights that docs/forges.md lists.`,
  });
  expect(await answers(403, { error: "insufficient_scope", error_description: "More." })).toMatchObject({
    message: expect.stringContaining("(More.)"),
  });
  expect(await answers(404, { message: "404 Project Not Found" })).toMatchObject({ kind: "missing" });
  for (const status of [400, 405, 406, 409, 412, 422])
    expect(await answers(status, { message: { base: ["No."] } })).toMatchObject({
      kind: "refused",
      message: `${forge.host} refuses this (base No.).`,
    });
  expect(await answers(502, "bad gateway")).toMatchObject({ kind: "away" });
  expect(await answers(200, { username: 7 })).toMatchObject({ kind: "away" });
  expect(await answers(301, {}, { location: "https://elsewhere.test/" })).toMatchObject({ kind: "missing" });
  forge.before = null;
  const { port: wrong } = await started("another");
  expect(await kindOf(wrong.login())).toMatchObject({
    kind: "refused",
    message: expect.stringContaining("renew its secret"),
  });
  await forge.close();
  expect(await kindOf(port.login())).toMatchObject({ kind: "away" });
});
