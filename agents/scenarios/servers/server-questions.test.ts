/** Servers that ask a person in the middle of a task's call: real servers, of both generations. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Review } from "@/core/shapes/shapes";
import { type AskingFixture, type AskingOptions, type Generation, startAsking } from "@/lib/mcp/testing/asking-server";
import { type Crashing, prepareCrashes } from "@/tests/agents/crashing";
import { call, endTask } from "@/tests/agents/replies";
import { eventsOf, logOf, responsesOf, taskScript, tester, trialsOfThisFile, until } from "@/tests/agents/scenario";
import { type ScriptedProvider, startScriptedProvider } from "@/tests/agents/scripted-provider";
import { startTrial, type Trial } from "@/tests/agents/trial";
import { changeAgent } from "@/tests/agents/world-tool";
import type { Application } from "../../application";

const LONG_MS = 240_000;
const start = trialsOfThisFile();

interface Options extends AskingOptions {
  env?: Record<string, string>;
  runtime?: Record<string, unknown>;
}

async function asking(generation: Generation, tools: string[], { env, runtime, looks }: Options = {}) {
  const server = await startAsking(generation, looks ? { looks } : {});
  onTestFinished(() => server.stop());
  const config = mkdtempSync(join(tmpdir(), "banyan-config-"));
  onTestFinished(() => rmSync(config, { recursive: true, force: true }));
  const script = { root: [...tools.map((tool) => call(`asking__${tool}`, {})), endTask("done")] };
  const trial = await start(script, {
    env: { BANYAN_KEY_FILE: join(config, "keys.json"), ...reaching(server), ...env },
    runtime: runtime ?? {},
  });
  await added(trial, server);
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  return { trial, server, id };
}

const reaching = ({ host }: AskingFixture) => ({ BANYAN_PRIVATE_HOSTS: host, BANYAN_ALLOWED_HOSTS: host });

async function added(trial: Trial, { url }: AskingFixture): Promise<void> {
  const file = JSON.stringify({ mcpServers: { asking: { url } } });
  const done = await trial.runtime.application.commands.importServers({ text: file }, tester);
  expect(done.servers).toMatchObject([{ name: "asking", problem: null }]);
  await changeAgent(trial, "worker", { tools: ["asking"] });
}

/** Waits until an item is open that is none of these, and returns it. */
function openItem({ queries }: Pick<Application, "queries">, not: Review[] = []): Promise<Review> {
  return until(async () => {
    const { items } = await queries.listReviews({ open: true });
    return items.find(({ id }) => not.every((review) => review.id !== id));
  }, "an item is open");
}

async function logOfTree({ queries }: Pick<Application, "queries">, id: string) {
  return logOf(queries, (await queries.getTree(id)).root_task_id);
}

describe.each(["2025", "2026"] as const)("a server of %s", (generation) => {
  test("that asks to go on gets a person's decision", async () => {
    for (const [decision, answer] of [
      ["approved", { action: "accept", content: {} }],
      ["rejected", { action: "decline" }],
    ] as const) {
      const { trial, id } = await asking(generation, ["delete_all"]);
      const { application } = trial.runtime;
      const item = await openItem(application);
      expect(item).toMatchObject({
        kind: "approval",
        title: "asking asks: Delete all 12 files? They cannot be restored",
        detail:
          "During its tool delete_all, the server asking asks for permission to go on:\n\n> Delete all 12 files?\n> They cannot be restored.",
      });
      expect(JSON.parse(item.evidence ?? "")).toMatchObject({ server: "asking", tool: "delete_all", arguments: {} });
      await application.commands.decide({ id: item.id, decision, reason: "" }, tester);
      expect((await trial.ended(id)).status).toBe("succeeded");
      expect(responsesOf(await logOfTree(application, id))[0]).toBe(JSON.stringify({ sure: answer }));
      expect(trial.faults).toEqual([]);
    }
  });

  test("that asks for a value gets one that fits, with the offered answers", async () => {
    const { trial, id } = await asking(generation, ["choose"]);
    const { application } = trial.runtime;
    const first = await openItem(application);
    const shown = await application.queries.getReviewItem(first.id, tester);
    expect([first.kind, shown.answers]).toEqual(["question", ["small", "large", "decline"]]);
    await application.commands.answer({ id: first.id, text: "medium" }, tester);
    const second = await openItem(application, [first]);
    expect(second.detail).toMatch(/^The last answer does not fit: /);
    await application.commands.answer({ id: second.id, text: "large" }, tester);
    expect((await trial.ended(id)).status).toBe("succeeded");
    const log = await logOfTree(application, id);
    expect(responsesOf(log)[0]).toBe('{"size":{"action":"accept","content":{"size":"large"}}}');
    expect(eventsOf(log).filter((type) => type === "call_asked")).toHaveLength(2);
  });

  test("is declined by the word", async () => {
    const { trial, id } = await asking(generation, ["book"]);
    const { application } = trial.runtime;
    await application.commands.answer({ id: (await openItem(application)).id, text: "Decline" }, tester);
    await trial.ended(id);
    expect(responsesOf(await logOfTree(application, id))[0]).toBe('{"seats":{"action":"decline"}}');
  });

  test("is told that a call was cancelled while its question was open; the item is withdrawn", async () => {
    const { trial, id } = await asking(generation, ["choose"]);
    const { application } = trial.runtime;
    const item = await openItem(application);
    await application.commands.stop({ id, reason: "" }, tester);
    expect((await trial.ended(id)).status).toBe("stopped");
    expect((await application.queries.getReview(item.id)).status).toBe("withdrawn");
  });

  test("that nobody answers in time fails the task, or is declined where an answer is set for the case", async () => {
    let now = Date.now();
    for (const [tool, key, answer] of [
      ["delete_all", "sure", undefined],
      ["delete_all", "sure", "Leave it."],
      ["choose", "size", undefined],
    ] as const) {
      const env = { ASK_TIMEOUT_SECONDS: "600", ...(answer && { ASK_TIMEOUT_ANSWER: answer }) };
      const { trial, id } = await asking(generation, [tool], { env, runtime: { now: () => now } });
      const { application } = trial.runtime;
      const item = await openItem(application);
      now += 600_001;
      const tree = await trial.ended(id);
      const said = tree.reason ?? responsesOf(await logOfTree(application, id))[0];
      const declined = JSON.stringify({ [key]: { action: "decline" } });
      expect([tree.status, said]).toEqual(answer ? ["succeeded", declined] : ["failed", "ask_timeout"]);
      expect((await application.queries.getReview(item.id)).status).toBe("withdrawn");
    }
  });
});

test("the try before the first use asks nobody", async () => {
  const { trial, id } = await asking("2026", ["echo"], { looks: true });
  expect((await trial.ended(id)).status).toBe("succeeded");
  const { queries } = trial.runtime.application;
  const { items } = await queries.listAudit({ action: "tool_tried" });
  expect(items.map(({ subject, detail }) => [subject, detail])).toEqual([["asking__look", "ok"]]);
  expect((await queries.listReviews({})).items).toEqual([]);
});

describe("SIGKILL of the worker while a question is open", () => {
  let crashing: Crashing;
  let provider: ScriptedProvider;
  beforeAll(async () => {
    const again = call("asking__choose", {});
    const script = taskScript({ root: [again, again, endTask("done")], "*": endTask("noted") });
    provider = await startScriptedProvider(script);
    crashing = await prepareCrashes(() => provider.url, {}, "tests/agents/coding/coding-agent-main.ts");
  });
  afterAll(async () => {
    crashing.remove();
    await provider.close();
  });

  test.each(["2025", "2026"] as const)(
    "of a server of %s: the outcome is unknown, nothing runs twice unknowingly, and the repeated call asks again",
    async (generation) => {
      const server = await startAsking(generation);
      onTestFinished(() => server.stop());
      const dataDir = `${crashing.template}-${generation}`;
      const env = { ...reaching(server), BANYAN_KEY_FILE: crashing.keyFile };
      const prepared = await startTrial({ provider, dataDir, work: false, env });
      onTestFinished(() => prepared.close());
      await added(prepared, server);
      const { application } = prepared.runtime;
      const { id, workspace } = await prepared.submit({ task: "root", agent: "worker" });
      const first = crashing.run(dataDir, 0, id, { ...env, BANYAN_TEST_DIE: "die" });
      const item = await openItem(application);
      writeFileSync(join(workspace, "die"), "");
      expect((await first).signal).toBe("SIGKILL");
      const next = crashing.run(dataDir, 0, id, env);
      const second = await openItem(application, [item]);
      await application.commands.answer({ id: second.id, text: "small" }, tester);
      expect(await next).toMatchObject({ signal: null, errors: "" });
      const [cut, done] = responsesOf(await logOfTree(application, id));
      expect(cut).toContain("unknown");
      expect(done).toBe('{"size":{"action":"accept","content":{"size":"small"}}}');
      expect((await application.queries.getReview(item.id)).status).toBe("withdrawn");
    },
    LONG_MS,
  );
});
