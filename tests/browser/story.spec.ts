/**
 * The first hour of a new user without a manual: submit a task, find out why a subtask failed, answer a question three levels
 * deep, approve a change, stop a branch. It makes the screenshots of the README:
 * `BANYAN_PICTURES=docs/pictures npm test -- --only build,browser story` writes them there.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { agentScript, type Reply, type ScriptedRequest } from "@/tests/agents/scripted-provider";
import { expect as plainExpect, type RealServer, test } from "./real-server";
import { modelAt, openStage, type Stage, shownTask } from "./stage";

const expect = plainExpect.configure({ timeout: 120_000 });
const PICTURES = process.env.BANYAN_PICTURES ?? "test-results/pictures";

const JOB = "Upgrade Express 4 to 5 in this repository, keep every test green, and say in the changelog what changed.";
const ROUTES = `import { Router } from "express";

export const files = Router();
// Express 5 requires named wildcards.
files.get("/files/*path", (request, response) => response.sendFile(request.params.path.join("/")));
`;

const call = (name: string, input: object) => ({ name, input });
const end = (status: "success" | "failure", result: string, claims: object[] = []): Reply => ({
  calls: [call("end_task", { status, result, claims })],
});
const part = (title: string) => call("start_subtask", { instruction: title, agent: "coder", title });

/** Passes the question of a subtask up. */
const passUp = ({ messages }: ScriptedRequest): Reply => {
  const conversation = JSON.stringify(messages).replaceAll("\\", "");
  return { calls: [call("pass_up", { question: /"question":"(\w+)"/.exec(conversation)?.[1] })] };
};
const wait: Reply = { calls: [call("wait_for_subtasks", {})] };

/** Starts a subtask, passes its question up, and waits for it. */
const above =
  (title: string) =>
  (request: ScriptedRequest): Reply => {
    if (request.turn === 0) return { text: `First: ${title.toLowerCase()}.`, calls: [part(title)] };
    if (request.turn === 1) return passUp(request);
    return request.turn === 2 ? wait : end("success", "The routes are moved.");
  };

const PLAN = `I split the upgrade into parts that can go on beside each other:

1. **Find what breaks**: read the migration guide against the code
2. **Upgrade the server**: move routes and middleware
3. **Compare the speed** before and after
4. **Translate the changelog**
`;

const WORK: Record<string, (request: ScriptedRequest) => Reply> = {
  [JOB](request) {
    const names = ["Find what breaks", "Upgrade the server", "Compare the speed", "Translate the changelog"];
    if (request.turn === 0) return { text: PLAN, calls: names.map(part) };
    if (request.turn === 1) return passUp(request);
    return request.turn === 2 ? wait : end("success", "Express 5 runs.");
  },
  "Find what breaks": ({ turn }) =>
    turn === 0
      ? { text: "I look at what there is.", calls: [call("list_directory", { path: "." })] }
      : end("success", "Three things break: wildcards in paths, `res.send(status)`, and the query parser.", [
          { statement: "The folder was read." },
        ]),
  "Upgrade the server": above("Move the routes"),
  "Move the routes": above("Decide how paths match"),
  "Decide how paths match": ({ turn }) => {
    if (turn === 0)
      return {
        text: "`/files/*` also matches `/files` today; in Express 5 it does not.",
        calls: [
          call("ask", { question: "May `/files/*` stop matching `/files`?\n\n- Yes, answer 404\n- No, match both" }),
        ],
      };
    return turn === 1
      ? { calls: [call("write_file", { path: "src/routes/files.ts", content: ROUTES })] }
      : end("success", "The wildcard is named, and `/files` answers 404.");
  },
  "Compare the speed": ({ turn }) =>
    turn < 2
      ? { calls: [call("list_directory", { path: "." })] }
      : { text: "I measure for a long time, and then", fault: { type: "stall", afterEvents: 4 } },
  "Translate the changelog": ({ turn }) =>
    turn === 0
      ? { calls: [call("read_file", { path: "docs/glossary.md" })] }
      : end("failure", "There is no glossary `docs/glossary.md`, and without it the words would be guessed."),
};

const work = (request: ScriptedRequest) => WORK[request.instruction]?.(request) ?? end("success", "Done.");
const script = agentScript({
  worker: work,
  coder: work,
  "*": end("success", '{"outcome":"pass","reasons":["It is there."]}'),
});

let stage: Stage;
let server: RealServer;
let page: Page;
let problems: string[];

test.beforeAll(async ({ browser }) => {
  mkdirSync(PICTURES, { recursive: true });
  stage = await openStage(browser, script, {
    settings: (models, folder) => ({
      ...modelAt(models),
      MAX_CONCURRENT_AGENTS: "6",
      BANYAN_KEY_FILE: join(folder, "keys.json"),
    }),
    context: { viewport: { width: 1440, height: 900 } },
  });
  ({ server, page, problems } = stage);
  const policy = await page.request.post(`${server.url}/api/v1/tools/write_file/policy`, { data: { policy: "ask" } });
  expect(policy.ok()).toBe(true);
});

test.afterAll(async () => {
  await stage?.close();
});

const row = (name: string | RegExp): Locator => shownTask(page, name);
const pane = (): Locator => page.getByRole("region", { name: "Task", exact: true });
const picture = (name: string) => page.screenshot({ path: join(PICTURES, `${name}.png`) });

test("a new user submits a task, sees why a subtask failed, answers, approves and stops", async () => {
  await page.getByLabel("What should be done?").fill(JOB);
  await page.getByLabel("Agent", { exact: true }).selectOption("worker");
  await page.getByRole("button", { name: "Start", exact: false }).click();
  await page.waitForURL(/\/trees\//);
  const address = page.url();

  // Why did a subtask fail?
  await expect(row(/^Translate the changelog, Failed/)).toBeVisible();
  await row(/^Translate the changelog/).click();
  await expect(pane().getByTestId("task-sentence")).toContainText("says why in its result");
  await expect(pane().getByTestId("result")).toContainText("There is no glossary");

  // What needs me?
  await expect(row(/^Decide how paths match, Waiting for you/)).toBeVisible();
  await row(/^Find what breaks/).click();
  await expect(pane().getByTestId("result")).toContainText("Three things break");
  await picture("tree");
  await page.getByRole("link", { name: /^Home/ }).first().click();
  const question = page.locator("[data-review]", { hasText: "stop matching" });
  await expect(question).toBeVisible();
  await picture("home");
  await question.getByRole("button", { name: "Yes, answer 404" }).click();
  await expect(question).toBeHidden();

  // May it write that?
  await page
    .getByRole("link", { name: /^Review/ })
    .first()
    .click();
  const item = page.getByRole("article", { name: "Selected item" });
  await expect(item).toContainText("src/routes/files.ts");
  await expect(item).toContainText("Express 5 requires named wildcards.");
  await picture("review");
  await page
    .getByTestId("decide")
    .getByRole("button", { name: /^Approve/ })
    .first()
    .click();
  await expect(page.getByText(/Undo/).first()).toBeVisible();
  await page.goto(address);
  await expect(row(/^Upgrade the server, Succeeded/)).toBeVisible();

  // This subtask is not worth its cost.
  await row(/^Compare the speed/).click();
  await pane().getByRole("button", { name: /^Stop/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: /^Stop/ }).click();
  await expect(row(/^Compare the speed, Stopped/)).toBeVisible();
  await expect(row(/^Upgrade Express 4 to 5.*, Succeeded/)).toBeVisible();
  expect(problems).toEqual([]);
});
