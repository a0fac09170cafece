/** A summary is charged like any model call, even when it is cut or costs more than its reservation. */
import { expect, test } from "vitest";
import { SUMMARIZER_INSTRUCTION } from "@/core/compact";
import type { Reply, ScriptedRequest } from "@/tests/agents/provider-script";
import { call, endTask, startSubtask } from "@/tests/agents/replies";
import { logOf, runRoot, sub, titled, trialsOfThisFile } from "@/tests/agents/scenario";

const start = trialsOfThisFile();

/** Five turns, then a conversation that is too long, and the model's summary. */
function tooLongOnce(summary: Reply) {
  let refused = false;
  return start({
    root: (request: ScriptedRequest): Reply => {
      if (request.turn < 5 && !refused) return call("list_agents", {});
      if (refused) return endTask("done");
      refused = true;
      return { fault: { type: "too_long" } };
    },
    "*": (request: ScriptedRequest) => (request.tools.length === 0 ? summary : endTask("noted")),
  });
}

test("a summary whose stream is cut is charged its input and what had arrived, shown as unconfirmed", async () => {
  const trial = await tooLongOnce({ text: "Six lists were read.", fault: { type: "cut", afterEvents: 4 } });
  const tree = await runRoot(trial, { grant: { tokens: 5_000_000 } });
  expect(tree.status).toBe("succeeded");
  const log = await logOf(trial, tree.root_task_id);
  const unconfirmed = log.find((message) => message.content.type === "unconfirmed");
  const summary = trial.provider?.requests.find(({ system }) => system.startsWith(SUMMARIZER_INSTRUCTION));
  const sent = summary?.rawBody.length ?? 0;
  expect(Number(unconfirmed?.content.tokens)).toBeGreaterThan(sent / 8);
  expect(Number(unconfirmed?.content.tokens)).toBeLessThan(sent / 3);
  expect(log.find((message) => message.content.type === "compacted")?.content.summary).toBe("");
});

test("a summary that was cut at its limit is not taken as a whole one", async () => {
  const trial = await tooLongOnce({ text: "Six lists were read, and", stopReason: "max_tokens" });
  const tree = await runRoot(trial);
  const compacted = (await logOf(trial, tree.root_task_id)).find(({ content }) => content.type === "compacted");
  expect(compacted?.content.summary).toMatch(/^Six lists were read, and\n\[The summary was cut at its limit here/);
  expect(compacted?.content.text).toContain("The summary was cut at its limit here");
  const request = trial.provider?.requests.find(({ system }) => system.startsWith(SUMMARIZER_INSTRUCTION));
  // What a model thinks counts, too.
  expect(request?.body).toMatchObject({ max_tokens: 16_000 });
});

test("a summary that costs more than was reserved for it is an overrun, paid from the tree's reserve", async () => {
  const trial = await tooLongOnce({ text: "Six.", usage: { inputTokens: 300_000, outputTokens: 10 } });
  const tree = await runRoot(trial, { grant: { tokens: 5_000_000 } });
  const log = await logOf(trial, tree.root_task_id);
  expect([tree.status, log.filter((message) => message.content.type === "overrun").length]).toEqual(["succeeded", 1]);
});

test("a summary that is refused for a moment is asked for again, and the conversation is not given up for it", async () => {
  let asked = 0;
  let refused = false;
  const trial = await start({
    root: (request: ScriptedRequest): Reply => {
      if (refused) return endTask("done");
      if (request.turn < 5) return call("list_agents", {});
      refused = true;
      return { fault: { type: "too_long" } };
    },
    "*": (request: ScriptedRequest) => {
      if (request.tools.length > 0) return endTask("noted");
      asked += 1;
      if (asked === 1) return { fault: { type: "rate_limit", retryAfter: 0 } };
      return asked === 2 ? { fault: { type: "overloaded" } } : { text: "Six lists were read." };
    },
  });
  const tree = await runRoot(trial);
  const log = await logOf(trial, tree.root_task_id);
  const compacted = log.filter((message) => message.content.type === "compacted");
  expect(compacted.map(({ content }) => content.summary)).toEqual(["Six lists were read."]);
  const failed = log.filter((message) => message.content.type === "model_failed");
  expect([tree.status, asked, failed.length]).toEqual(["succeeded", 3, 2]);
});

test("a share that does not cover a summary is lent what it lacks", async () => {
  let refused = false;
  const long = "x".repeat(2_000);
  const talks = (request: ScriptedRequest): Reply => {
    // So little is reported that the next call is affordable; the summary reads everything again.
    if (request.turn < 16 && !refused)
      return {
        ...call("read_file", { path: `${long}-${request.turn}` }),
        usage: { inputTokens: 100, outputTokens: 50 },
      };
    if (refused) return endTask("done");
    refused = true;
    return { fault: { type: "too_long" } };
  };
  const summary = (request: ScriptedRequest) => (request.tools.length === 0 ? { text: "Read." } : endTask("noted"));
  const trial = await start({
    root: [startSubtask(sub("below", { grant: { tokens: 19_500 } })), endTask("done")],
    below: talks,
    "*": summary,
  });
  const tree = await runRoot(trial, { grant: { tokens: 2_000_000 } });
  const below = titled(tree, "below");
  const types = (await logOf(trial, below.id)).map(({ content }) => content.type);
  expect(below.status).toBe("succeeded");
  expect(types.indexOf("borrowed")).toBeGreaterThan(0);
  expect(types.indexOf("borrowed")).toBeLessThan(types.indexOf("compacted"));
});
