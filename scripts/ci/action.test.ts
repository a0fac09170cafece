import { spawn } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { parse } from "yaml";
import { createFixture, type Fixture } from "@/gates/testing/fixture";

const ROOT = path.resolve(import.meta.dirname, "../..");
interface Step {
  name: string;
  run: string;
  env?: Record<string, string>;
}
const action: { inputs: Record<string, { default?: string }>; runs: { steps: Step[] } } = parse(
  fs.readFileSync(path.join(ROOT, "action.yml"), "utf8"),
);

interface Comment {
  id: number;
  body: string;
  user: { login: string };
}
const BOT = { login: "github-actions[bot]" };
let comments: Comment[] = [];
let isForbidden = false;
const asked: string[] = [];
/** Answers as GitHub's API for comments. */
const server = http.createServer(async (request, response) => {
  let text = "";
  for await (const chunk of request) text += chunk;
  const url = new URL(request.url ?? "", "http://localhost");
  asked.push(`${request.method} ${url.pathname}`);
  const answer = (status: number, body: unknown) => response.writeHead(status).end(JSON.stringify(body));
  if (isForbidden || request.headers.authorization !== "Bearer made-up") return answer(403, {});
  if (request.method === "GET") {
    const [page, size] = ["page", "per_page"].map((name) => Number(url.searchParams.get(name))) as [number, number];
    return answer(200, comments.slice((page - 1) * size, page * size));
  }
  const { body } = JSON.parse(text);
  const id = Number(/comments\/(\d+)$/.exec(url.pathname)?.[1] ?? 0);
  const known = comments.find((comment) => comment.id === id);
  if (known) known.body = body;
  else comments.push({ id: 1000 + comments.length, body, user: BOT });
  return answer(200, {});
});

let temporary: string;
let fixture: Fixture;
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  temporary = fs.mkdtempSync(path.join(os.tmpdir(), "banyan-action-"));
  fixture = createFixture();
  fixture.edit("src/numbers.mjs", "a + b", "a - b");
  fixture.commit();
});
afterAll(() => {
  server.close();
  fixture.end();
  fs.rmSync(temporary, { recursive: true, force: true });
});
beforeEach(() => {
  comments = [];
  asked.length = 0;
  isForbidden = false;
});

/** Runs a step as GitHub does; `expressions` are the values of what stands in ${{ … }}. */
async function step(name: string, expressions: Record<string, string> = {}) {
  const found = action.runs.steps.find((each) => each.name === name);
  if (!found) throw new Error(`There is no step ${name}.`);
  const { port } = server.address() as AddressInfo;
  const output = path.join(temporary, "output");
  const event = path.join(temporary, "event.json");
  fs.writeFileSync(output, "");
  fs.writeFileSync(event, JSON.stringify({ pull_request: { number: 7 } }));
  const filled = (text: string) =>
    text.replace(/\$\{\{\s*([\w.-]+)\s*\}\}/g, (_, key: string) => {
      const input = /^inputs\.(.+)$/.exec(key)?.[1];
      return expressions[key] ?? (input === undefined ? "" : (action.inputs[input]?.default ?? ""));
    });
  const own = Object.entries(found.env ?? {}).map(([key, value]) => [key, filled(value)]);
  const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", found.run], {
    cwd: fixture.folder,
    env: {
      PATH: process.env.PATH,
      HOME: temporary,
      NODE_ENV: "test",
      GITHUB_ACTION_PATH: ROOT,
      GITHUB_API_URL: `http://127.0.0.1:${port}`,
      GITHUB_REPOSITORY: "owner/name",
      GITHUB_EVENT_PATH: event,
      GITHUB_OUTPUT: output,
      GITHUB_STEP_SUMMARY: path.join(temporary, "summary.md"),
      GITHUB_RUN_ID: "1",
      RUNNER_TEMP: temporary,
      ...Object.fromEntries(own),
    },
  });
  let log = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => {
      log += chunk;
    });
  const status = await new Promise<number | null>((done) => child.on("close", done));
  const rows = fs.readFileSync(output, "utf8").trim().split("\n").filter(Boolean);
  return { status, log, outputs: Object.fromEntries(rows.map((row) => row.split(/=(.*)/).slice(0, 2))) };
}

const report = (text: string) => {
  const file = path.join(temporary, "report.md");
  fs.writeFileSync(file, text);
  return { "inputs.token": "made-up", "steps.judge.outputs.report": file, "steps.judge.outputs.status": "1" };
};
const COMMENT = "Comment on the pull request";

test("the step judges, keeps the status for the last step, and writes the reports", async () => {
  const { status, log, outputs } = await step("Judge", { "inputs.only": "old_tests,scope" });
  expect(status, log).toBe(0);
  expect(outputs.status).toBe("1");
  expect(log).toContain("::error title=old tests::adds: This test of the base fails on the change.");
  expect(JSON.parse(fs.readFileSync(outputs.sarif, "utf8"))).toMatchObject({ version: "2.1.0" });
  expect(fs.readFileSync(outputs.junit, "utf8")).toContain("<testsuites");
  expect(fs.readFileSync(outputs.report, "utf8")).toMatch(/^# Gates: Failed: old tests/);
  expect(fs.readFileSync(path.join(temporary, "summary.md"), "utf8")).toMatch(/^# Gates: Failed/);
  expect((await step("Say how it ended", { "steps.judge.outputs.status": "1" })).status).toBe(1);
  expect((await step("Say how it ended", { "steps.judge.outputs.status": "0" })).status).toBe(0);
  // A step that was ended before it said anything.
  expect((await step("Say how it ended")).status).toBe(4);
}, 120_000);

test("an input is never a command of the shell", async () => {
  const { outputs } = await step("Judge", {
    "inputs.only": "$(touch made); touch made",
    "inputs.base": "`touch made`",
  });
  expect(outputs.status).toBe("2");
  expect(fs.existsSync(path.join(fixture.folder, "made"))).toBe(false);
  expect(action.runs.steps.map(({ run }) => run).join("\n")).not.toContain("${{");
}, 120_000);

test("one comment: the first run writes it, the next one replaces it", async () => {
  await step(COMMENT, report("# One\n"));
  expect(comments.map(({ body }) => body)).toEqual(["<!-- banyan-gates -->\n# One\n"]);
  await step(COMMENT, report("# Two\n"));
  expect(comments.map(({ body }) => body)).toEqual(["<!-- banyan-gates -->\n# Two\n"]);
});

test("a comment of somebody else is never edited, and the own one is found on a later page", async () => {
  const stranger = { id: 1, body: "<!-- banyan-gates -->\nmine", user: { login: "stranger" } };
  const quoting = { id: 2, body: "> <!-- banyan-gates -->", user: BOT };
  const many = Array.from({ length: 150 }, (_, at) => ({ id: 10 + at, body: "Hm.", user: { login: "someone" } }));
  comments = [stranger, quoting, ...many, { id: 999, body: "<!-- banyan-gates -->\nold", user: BOT }];
  await step(COMMENT, report("# New\n"));
  expect(comments).toHaveLength(153);
  expect(comments.at(-1)?.body).toBe("<!-- banyan-gates -->\n# New\n");
  expect([stranger.body, quoting.body]).toEqual(["<!-- banyan-gates -->\nmine", "> <!-- banyan-gates -->"]);
  expect(asked.at(-1)).toBe("PATCH /repos/owner/name/issues/comments/999");
});

test("a long report is cut, and a run without a report says so", async () => {
  await step(COMMENT, report(`# Long\n${"A line of the report.\n".repeat(5000)}`));
  expect(comments[0]?.body.length).toBeLessThan(65_200);
  expect(comments[0]?.body).toMatch(/\n\nCut here: the summary of the job has the whole report\.\n$/);
  await step(COMMENT, { ...report(""), "steps.judge.outputs.report": path.join(temporary, "none.md") });
  expect(comments[0]?.body).toContain("# Gates: not measured\n\nThe gates ended with 1 and wrote no report");
});

test("a token that may only read gives a warning, and the step does not fail", async () => {
  isForbidden = true;
  const { status, log } = await step(COMMENT, report("# One\n"));
  expect(status).toBe(0);
  expect(log).toMatch(/^::warning title=Gates::No comment on the pull request: GitHub answered GET .* with 403\.\n$/);
});
