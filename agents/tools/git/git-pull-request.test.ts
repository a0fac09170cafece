import { afterEach, beforeEach, expect, test } from "vitest";
import { type CallOptions, createTestWorld, type TestWorld } from "@/agents/tools/testing/world";
import { type ForgeServer, startForgeServer } from "@/lib/git/testing/forge-server";
import { gitOperations } from "./git-operations";

const TOKEN = "ghp_a-token-that-nobody-may-see";
const URL_OF_REPOSITORY = "https://forge.test/acme/widgets.git";

let world: TestWorld;
let server: ForgeServer;
beforeEach(async () => {
  world = createTestWorld();
  server = await startForgeServer(TOKEN);
});
afterEach(async () => {
  await server.close();
  world.remove();
});

function call(more: Record<string, unknown> = {}, token: string | null = TOKEN, context: CallOptions = {}) {
  const asked: string[] = [];
  const tool = gitOperations({
    credential: async (host) => {
      asked.push(host);
      return token === null ? null : { token };
    },
    forges: [{ host: "forge.test", apiUrl: server.apiUrl }],
  });
  const input = { operation: "pull_request", url: URL_OF_REPOSITORY, branch: "banyan/x", title: "Fix it", ...more };
  return world.call(tool, input, { network: { allowed: true, hosts: [] }, ...context });
}

async function refused(reason: RegExp, ...args: Parameters<typeof call>): Promise<void> {
  const outcome = await call(...args);
  expect(outcome).toMatchObject({ isError: true, content: expect.stringMatching(reason) });
  expect(outcome.content.trim().split("\n")).toHaveLength(1);
  expect(outcome.content).not.toContain(TOKEN);
}

test("a pull request is opened against the default branch, says where it comes from, and is opened once", async () => {
  const outcome = await call({ body: "Because.\n", draft: true });
  const url = "https://forge.test/acme/widgets/pull/1";
  expect(JSON.parse(outcome.content)).toEqual({ number: 1, url, base: "trunk", existing: false });
  expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    "GET /api/v3/repos/acme/widgets",
    "GET /api/v3/repos/acme/widgets/pulls?head=acme%3Abanyan%2Fx&base=trunk&state=open&per_page=1",
    "POST /api/v3/repos/acme/widgets/pulls",
  ]);
  expect(server.requests[2]?.body).toEqual({
    title: "Fix it",
    head: "banyan/x",
    base: "trunk",
    draft: true,
    body: "Because.\n\nOpened by Banyan. Tree: tree-1. Task: task-1.",
  });
  expect(server.complaints).toEqual([]);
  expect(JSON.parse((await call()).content)).toEqual({ number: 1, url, base: "trunk", existing: true });
  expect(JSON.parse((await call({ base: "release-1" })).content)).toMatchObject({ number: 2, base: "release-1" });
  expect(server.pulls).toHaveLength(2);
});

test("two at once open one", async () => {
  const answers = await Promise.all([call(), call(), call()]);
  const parsed = answers.map(({ content }) => JSON.parse(content));
  expect(parsed.map(({ number }) => number)).toEqual([1, 1, 1]);
  expect(server.pulls).toHaveLength(1);
});

test("mistakes are reported before anything is sent", async () => {
  await refused(/"main" is protected/, { branch: "main" });
  await refused(/can be opened only on forge\.test/, { url: "https://elsewhere.test/acme/widgets" });
  await refused(/does not name a repository/, { url: "https://forge.test/acme/widgets/tree/main" });
  await refused(/does not name a repository/, { url: "https://forge.test/../x" });
  await refused(/There is no token for forge\.test/, {}, null);
  await refused(/no right to use the network/, {}, TOKEN, { network: { allowed: false, hosts: [] } });
  expect(server.requests).toEqual([]);
});

test("each refusal of the forge is one sentence", async () => {
  await refused(/does not accept Banyan's token/, {}, "wrong");
  await refused(/has no such repository/, { url: "https://forge.test/acme/other" });
  await refused(/refuses the pull request \(Validation Failed: head\); push the branch first/, {
    branch: "banyan/not-pushed",
  });
  const answers: [number, Record<string, string>, string, RegExp][] = [
    [403, {}, '{"message":"Resource not accessible"}', /may not open pull requests there \(Resource not accessible\)/],
    [
      403,
      { "x-ratelimit-remaining": "0" },
      '{"message":"API rate limit"}',
      /accepts no more requests for now; continue/,
    ],
    [429, { "retry-after": "60" }, "{}", /accepts no more requests for now \(again in 60 s\)/],
    [500, {}, "oops", /answered with status 500/],
    [301, { location: "https://evil.test/" }, "{}", /has moved/],
    [200, {}, "<html>", /did not answer as GitHub's API/],
    [200, {}, `"${"x".repeat(5_000_000)}"`, /did not answer as GitHub's API/],
  ];
  for (const [status, headers, body, reason] of answers) {
    server.answer = (_, response) =>
      void response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
    await refused(reason);
  }
});

test("a forge that does not answer, or is not there, is said in one sentence; a stop ends the call", async () => {
  server.answer = () => undefined;
  await refused(/^forge\.test does not answer at http.*; continue without it or try again later\.$/, {}, TOKEN, {
    timeoutMs: 200,
  });
  const stop = new AbortController();
  const reached = new Promise<void>((resolve) => {
    server.answer = () => resolve();
  });
  const calling = call({}, TOKEN, { signal: stop.signal });
  await reached;
  stop.abort(new Error("stopped"));
  await expect(calling).rejects.toThrow("stopped");
  await server.close();
  await refused(/does not answer/);
  server = await startForgeServer(TOKEN);
});
