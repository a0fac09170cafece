/** GitHub's client, against a stand-in whose traffic GitHub's own OpenAPI description validates. */
import { expect, onTestFinished, test } from "vitest";
import { startGithub } from "@/tests/forges/github";
import { smallRepository } from "@/tests/forges/small-repository";
import { createGithub } from "./github";
import { ForgeError } from "./port";

const NOW = Date.parse("2027-01-01T00:00:00Z");

async function started(token = "forge-token") {
  const { folder, git } = smallRepository("acme/widgets");
  const forge = await startGithub(folder, {
    accounts: [
      { login: "banyan-bot", permission: "write" },
      { login: "ann", permission: "admin" },
      { login: "eve", permission: "read" },
    ],
  });
  onTestFinished(() => forge.close());
  const access = { kind: "github" as const, host: forge.host, apiUrl: forge.apiUrl, path: "acme/widgets", token };
  const port = createGithub({ access, signal: new AbortController().signal, now: () => NOW });
  return { forge, port, git };
}

test("issues, who asked, who may write, comments, pull requests, reviews and checks are read and written", async () => {
  const { forge, port, git } = await started();
  expect(await port.repository()).toEqual({ defaultBranch: "main", mayPush: true });
  expect(await port.login()).toBe("banyan-bot");
  forge.openIssue({ title: "One", body: "Text", by: "eve", labels: ["banyan"] });
  forge.openIssue({ title: "Two", by: "ann" });
  const listed = await port.issues({ label: "banyan" }, null);
  if (listed === "unchanged") expect.fail("It was not read before.");
  expect(listed.issues).toMatchObject([
    { number: 1, title: "One", body: "Text", author: "eve", isOpen: true, isPull: false },
  ]);
  expect(await port.issues({ label: "banyan" }, listed.etag)).toBe("unchanged");
  expect(await port.askedBy(1, { label: "banyan" })).toBe("eve");
  expect(await port.askedBy(2, { label: "banyan" })).toBeNull();
  forge.label(1, "banyan", "ann");
  expect(await port.askedBy(1, { label: "Banyan" })).toBe("ann");
  expect([await port.mayWrite("ann"), await port.mayWrite("eve"), await port.mayWrite("nobody")]).toEqual([
    true,
    false,
    false,
  ]);
  forge.comment(1, "ann", "/banyan please");
  await port.commentOnIssue(1, "Yes.");
  const comments = await port.issueComments(1);
  expect(comments.map(({ author, body, number }) => [author, body, number])).toEqual([
    ["ann", "/banyan please", 1],
    ["banyan-bot", "Yes.", 1],
  ]);
  expect(await port.commentsSince(comments[1]?.atMs ?? 0)).toMatchObject([{ body: "Yes.", number: 1 }]);
  expect(await port.findPull("banyan/x")).toBeNull();
  const opened = await port.openPull({ title: "T", body: "B", branch: "banyan/x", base: "main" });
  const head = git("rev-parse", "banyan/x");
  expect(opened).toMatchObject({ number: 3, state: "open", head, base: "main", hasConflict: false });
  expect(await port.findPull("banyan/x")).toEqual(opened);
  expect((await port.issue(3)).isPull).toBe(true);
  forge.review(3, "ann", "changes", "More", { path: "a.txt", line: 7 });
  expect(await port.reviews(3)).toMatchObject([
    { author: "ann", body: "More", verdict: "changes", place: null, reviewed: head },
    { author: "ann", body: "More", verdict: null, place: { path: "a.txt", line: 7 } },
  ]);
  expect((await port.checks(head, 3)).state).toBe("none");
  forge.checks.set(head, [{ name: "test", conclusion: "failure", summary: "1 failed" }]);
  expect(await port.checks(head, 3)).toEqual({
    state: "failed",
    failed: [{ name: "test", summary: "test\n1 failed", url: expect.anything() }],
  });
  await port.labelPull(3, ["by banyan"]);
  await port.askReviewers(3, ["ann"]);
  expect(forge.issues[2]).toMatchObject({ labels: ["by banyan"], pull: { reviewers: ["ann"] } });
  expect(await kindOf(port.askReviewers(3, ["nobody"]))).toMatchObject({ kind: "refused" });
  expect(await kindOf(port.mergePull(3, git("rev-parse", "main")))).toMatchObject({ kind: "refused" });
  await port.mergePull(3, head);
  expect((await port.pull(3)).state).toBe("merged");
  expect(forge.complaints).toEqual([]);
});

test("a failed check counts on whatever page it stands, and checks that cannot be read leave the commit running", async () => {
  const { forge, port, git } = await started();
  const head = git("rev-parse", "main");
  const green = Array.from({ length: 230 }, (_, n) => ({
    name: `ok ${n}`,
    conclusion: "success" as const,
    summary: "",
  }));
  forge.checks.set(head, [...green, { name: "last", conclusion: "failure", summary: "1 failed" }]);
  expect(await port.checks(head, 1)).toMatchObject({ state: "failed", failed: [{ name: "last" }] });
  forge.checks.set(head, green);
  expect((await port.checks(head, 1)).state).toBe("passed");
  // Only the newest are listed of more than a thousand.
  const statuses = [{ context: "ci", state: "success", description: null, target_url: null }];
  let given = { state: "success", sha: head, total_count: 2_000, statuses };
  forge.before = (route) => (route.endsWith("/status") ? { status: 200, data: given } : null);
  expect((await port.checks(head, 1)).state).toBe("running");
  given = { ...given, total_count: 31, statuses: Array.from({ length: 30 }, () => statuses).flat() };
  const failing = { ...statuses[0], context: "last", state: "failure" };
  let page = 0;
  forge.before = (route) => {
    if (!route.endsWith("/status")) return null;
    page += 1;
    return { status: 200, data: page === 1 ? given : { ...given, statuses: [failing] } };
  };
  expect(await port.checks(head, 1)).toMatchObject({ state: "failed", failed: [{ name: "last" }] });
  expect(forge.complaints).toEqual([]);
});

test("what is too long for one answer is read in smaller pages, and an entry that is too long alone is left out", async () => {
  const { forge, port, git } = await started();
  const long = "x".repeat(65_000);
  const number = forge.openIssue({ title: "One", by: "ann" });
  for (let n = 1; n <= 65; n += 1) forge.comment(number, "eve", `${n} ${long}`);
  const wanted = Array.from({ length: 65 }, (_, n) => String(n + 1));
  expect((await port.issueComments(number)).map(({ body }) => body.split(" ")[0])).toEqual(wanted);
  const other = forge.openIssue({ title: "Other", by: "ann" });
  for (let n = 1; n <= 12; n += 1) forge.comment(other, "eve", n === 4 ? "x".repeat(4_300_000) : `${n}`);
  expect((await port.issueComments(other)).map(({ body }) => body).join()).toBe("1,2,3,5,6,7,8,9,10,11,12");
  for (let n = 3; n <= 122; n += 1)
    forge.openIssue({ title: `${n}`, body: n <= 70 ? long : "", by: "eve", labels: ["banyan"] });
  const first = await port.issues({ label: "banyan" }, null);
  if (first === "unchanged") expect.fail("It was not read before.");
  expect([first.issues.length, first.issues.at(-1)?.number, first.isMore]).toEqual([100, 102, true]);
  expect(await port.issues({ label: "banyan" }, first.etag)).toBe("unchanged");
  const second = await port.issues({ label: "banyan" }, null, 2);
  expect(second !== "unchanged" && [second.issues.length, second.isMore]).toEqual([20, false]);
  const summary = "x".repeat(100_000);
  forge.checks.set(git("rev-parse", "main"), [
    ...Array.from({ length: 45 }, (_, n) => ({ name: `ok ${n}`, conclusion: "success" as const, summary })),
    { name: "last", conclusion: "failure", summary: "1 failed" },
  ]);
  expect(await port.checks(git("rev-parse", "main"), 1)).toMatchObject({ failed: [{ name: "last" }] });
  forge.before = () => ({ status: 200, data: { default_branch: "x".repeat(5_000_000) } });
  expect(await kindOf(port.repository())).toMatchObject({ kind: "refused" });
  expect(forge.complaints).toEqual([]);
});

test("a run that was cancelled or is stale decides nothing, and skipped ones count only beside one that succeeded", async () => {
  const { forge, port, git } = await started();
  const stateOf = async (...conclusions: string[]) => {
    const check_runs = conclusions.map((conclusion) => ({ name: "ci", status: "completed", conclusion }));
    const data = { total_count: check_runs.length, check_runs };
    forge.before = (route) => (route.endsWith("/check-runs") ? { status: 200, data } : null);
    return (await port.checks(git("rev-parse", "main"), 1)).state;
  };
  for (const conclusion of ["cancelled", "stale", "new to Banyan"]) {
    expect(await stateOf(conclusion)).toBe("undecided");
    expect(await stateOf("success", conclusion)).toBe("undecided");
  }
  expect(await stateOf("skipped", "neutral")).toBe("undecided");
  expect(await stateOf("success", "skipped", "neutral")).toBe("passed");
  expect(await stateOf("cancelled", "failure")).toBe("failed");
});

test("a pull request is closed while it is open, and one that is merged or closed is only read", async () => {
  const { forge, port, git } = await started();
  const main = git("rev-parse", "main");
  const { number } = await port.openPull({ title: "T", body: "B", branch: "banyan/x", base: "main" });
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

const kindOf = async (work: Promise<unknown>) => {
  try {
    await work;
  } catch (error) {
    if (error instanceof ForgeError) return { kind: error.kind, untilMs: error.untilMs, message: error.message };
    throw error;
  }
  return null;
};

test("both of GitHub's limits, a token that is wrong or may too little, and answers that are none each have a kind", async () => {
  const { forge, port } = await started();
  const answers = (status: number, data: unknown, headers?: Record<string, string>) => {
    forge.before = () => ({ status, data, ...(headers && { headers }) });
    return kindOf(port.login());
  };
  const reset = String(NOW / 1_000 + 120);
  const hourly = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset };
  expect(await answers(403, { message: "API rate limit exceeded" }, hourly)).toMatchObject({
    kind: "limited",
    untilMs: NOW + 120_000,
  });
  expect(await answers(429, {}, hourly)).toMatchObject({ kind: "limited", untilMs: NOW + 120_000 });
  expect(await answers(403, {}, { "retry-after": "30" })).toMatchObject({ kind: "limited", untilMs: NOW + 30_000 });
  const burst = { documentation_url: "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#secondary" };
  expect(await answers(403, burst)).toMatchObject({ kind: "limited", untilMs: NOW + 60_000 });
  expect(await answers(403, { message: "Resource not accessible by personal access token" })).toEqual({
    kind: "refused",
    untilMs: null,
    message: `${forge.host} refuses this (Resource not accessible by personal access token): give the token the rights that docs/forges.md lists.`,
  });
  expect(await answers(404, { message: "Not Found" })).toMatchObject({ kind: "missing" });
  expect(await answers(502, "bad gateway")).toMatchObject({ kind: "away" });
  expect(await answers(200, { login: 7 })).toMatchObject({ kind: "away" });
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
