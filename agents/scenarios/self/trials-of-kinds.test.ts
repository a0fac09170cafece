/** Whole trials of a tool server and of a runbook: a broken version is refused by replays, a better one becomes permanent. */
import { expect, test } from "vitest";
import { doesDecide } from "@/core/rules/replays";
import type { Trial as ShownTrial } from "@/core/shapes/improving/trials";
import { hashOfBody } from "@/db/configuration/proposals";
import { PROPOSAL, SERVER, SERVER_TEST } from "@/tests/agents/made-server";
import { call, endTask } from "@/tests/agents/replies";
import { tester, toldIn, trialsOfThisFile, until } from "@/tests/agents/scenario";
import type { Reply } from "@/tests/agents/services/script";
import type { Trial } from "@/tests/agents/trial";
import { changeAgent } from "@/tests/agents/world-tool";

const start = trialsOfThisFile();
const env = { MAX_CONCURRENT_AGENTS: "8" };

const shown = async (trial: Trial): Promise<ShownTrial> => {
  const [found] = await trial.runtime.application.queries.listTrials();
  if (!found) throw new Error("There is no trial.");
  return found;
};

async function replayed(trial: Trial): Promise<ShownTrial> {
  return until(async () => {
    await trial.worker?.replays.check();
    const found = await shown(trial);
    return found.status !== "replaying" && found;
  }, "the replays have ended");
}

/** Runs the task, whose proposal is then approved. */
async function approved(trial: Trial, task: string): Promise<string> {
  const { id } = await trial.submit({ task, agent: "worker" });
  const { queries, commands } = trial.runtime.application;
  const item = await until(async () => (await queries.listReviews({ open: true })).items[0], `${task} proposes`);
  const { sentence } = await commands.decide({ id: item.id, decision: "approved", reason: "" }, tester);
  await trial.ended(id);
  return sentence;
}

/** Runs trees until enough of each half have ended. */
async function worked(trial: Trial, submit: (number: number) => ReturnType<Trial["submit"]>): Promise<void> {
  const ended: string[] = [];
  const isEnough = (decides: boolean) => ended.filter((id) => doesDecide(id) === decides).length >= 2;
  while (!isEnough(true) || !isEnough(false)) {
    const { id } = await submit(ended.length);
    await trial.ended(id);
    ended.push(id);
  }
}

/** Runs 40 trees at a time, and lets their results decide. */
async function decided(trial: Trial, submit: (number: number) => ReturnType<Trial["submit"]>): Promise<ShownTrial> {
  const made: string[] = [];
  for (let number = 0; number < 40; number += 1) made.push((await submit(number)).id);
  for (const id of made) await trial.ended(id);
  await trial.worker?.supervisor.check();
  return shown(trial);
}

test("a tool server: one that counts wrongly is refused by replays, one that counts better becomes permanent", async () => {
  // The first one does not know that two spaces may stand between words.
  const first = SERVER.replace("/\\s+/", '" "').replace(".filter(Boolean)", "");
  const broken = SERVER.replace("String(words)", "String(words + 1)");
  expect(new Set([first, broken, SERVER]).size).toBe(3);
  const proposes = (code: string): Reply[] => [
    {
      calls: [
        { name: "write_file", input: { path: "tools/word_count/server.mjs", content: code } },
        { name: "write_file", input: { path: "tools/word_count/server.test.mjs", content: SERVER_TEST } },
      ],
    },
    call("propose_tool", { ...PROPOSAL, test: "true", wait: false }),
    endTask("proposed"),
  ];
  const counts = new Map<string, string>();
  const trial = await start(
    {
      first: proposes(first),
      broken: proposes(broken),
      better: proposes(SERVER),
      "@coder": (request) => {
        const isOdd = Number(/work (\d+)/.exec(request.instruction)?.[1]) % 2 === 1;
        if (request.turn === 0) return call("word_count__count", { text: isOdd ? "two  words" : "two words" });
        if (request.turn === 1) counts.set(request.task, request.lastToolResults[0]?.content ?? "");
        return endTask(`There are ${counts.get(request.task)} words.`);
      },
      "@task_evaluator": (request) => {
        const outcome = toldIn(request).includes("There are 2 words.") ? "pass" : "fail";
        return endTask(JSON.stringify({ outcome, reasons: ["It was counted."] }));
      },
    },
    { env },
  );
  await changeAgent(trial, "worker", { tools: ["write_file", "propose_tool"] });
  expect(await approved(trial, "first")).toContain("is live");
  await changeAgent(trial, "coder", {
    tools: ["word_count"],
    finishing: { evaluate: "always", summarize: "never", document: "never" },
  });
  const submit = (number: number) => trial.submit({ task: `work ${number}`, agent: "coder" });
  // Only texts that the live version counts rightly, so that it passes each replay.
  await worked(trial, (number) => submit(2 * number));

  expect(await approved(trial, "broken")).toContain("Ended trees are replayed with it first");
  const refused = await replayed(trial);
  expect(refused).toMatchObject({ kind: "tool", name: "word_count", status: "bad", outcome: "replays" });
  expect(refused.candidate.started).toBe(0);

  await approved(trial, "better");
  expect(await replayed(trial)).toMatchObject({ status: "trial", replays: { state: "done" } });
  const after = await decided(trial, submit);
  expect(after).toMatchObject({ status: "permanent", outcome: "better", candidate: { trees: 20, passed: 20 } });
  expect(after.live.passed).toBeLessThan(20);
  expect((await trial.runtime.application.queries.getTool("word_count")).version).toBe(after.candidate.version);
  expect(trial.faults).toEqual([]);
}, 600_000);

const runbook = (condition: string) => `---
name: greet
description: Checks whether the task greets somebody, for a test.
match: []
---

# Greet

## Look

\`\`\`step
check: The task greets
that: ${condition}
\`\`\`

## End

\`\`\`step
end:
  status: success
  result: "{{task}}"
\`\`\`
`;

test("a runbook: one whose check always fails is refused by replays, one that is better becomes permanent", async () => {
  const description = "Checks whether the task greets somebody, for a test.";
  const entry = (condition: string) => ({
    ...({ kind: "runbook", name: "greet", description } as const),
    body: { name: "greet", description, text: runbook(condition) },
  });
  const document = { name: "lessons", description: "What was learned, for a test.", body: "Nothing.", why: "A test." };
  const proposes = [call("propose_document", { ...document, wait: false }), endTask("proposed")];
  const trial = await start({ broken: proposes, better: proposes }, { env });
  await changeAgent(trial, "worker", { tools: ["propose_document"] });
  const { store } = trial.runtime;
  const { commands, queries } = trial.runtime.application;
  const live = entry('task contains "hello"');
  await store.configuration.put(live, "tester", "For a test.");
  /** No tool proposes a runbook yet, so the proposal of a document becomes one of a runbook. */
  const propose = async (task: string, condition: string) => {
    const { id } = await trial.submit({ task, agent: "worker" });
    await trial.ended(id);
    const { body } = entry(condition);
    store.client.sqlite
      .prepare(
        "UPDATE proposals SET kind = 'runbook', name = 'greet', base_version = 1, body = ?, hash = ? WHERE status = 'open'",
      )
      .run(JSON.stringify(body), hashOfBody(body));
    const { items } = await queries.listReviews({ open: true });
    return (await commands.decide({ id: items[0]?.id ?? "", decision: "approved", reason: "" }, tester)).sentence;
  };
  const submit = (number: number) =>
    trial.submit({ task: number % 4 < 2 ? `hello ${number}` : `bye ${number}`, runbook: "greet" });
  // Only trees that passed, so that the live version passes each replay.
  await worked(trial, () => trial.submit({ task: "hello", runbook: "greet" }));

  expect(await propose("broken", 'task contains "nothing"')).toContain("Ended trees are replayed with it first");
  expect(await replayed(trial)).toMatchObject({ kind: "runbook", status: "bad", outcome: "replays" });
  await propose("better", "task exists");
  expect(await replayed(trial)).toMatchObject({ status: "trial", replays: { state: "done" } });
  const after = await decided(trial, submit);
  expect(after).toMatchObject({
    status: "permanent",
    outcome: "better",
    live: { trees: 20 },
    candidate: { passed: 20 },
  });
  const versions = await queries.listVersions("runbook", "greet");
  expect(versions.find((version) => version.live)?.version).toBe(after.candidate.version);
  expect(trial.faults).toEqual([]);
}, 600_000);
