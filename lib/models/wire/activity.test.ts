import { afterEach, describe, expect, test } from "vitest";
import { createModelPort } from "@/lib/models/model-port";
import { closeTrials, modelNames, protocols, requestOf, type Trial, trial } from "@/tests/agents/model-trial";

afterEach(closeTrials);

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

describe.each(protocols)("%s", (protocol) => {
  const model = modelNames[protocol];

  test("each ping of a long-thinking model counts as activity, and so do the headers before the first ping", async () => {
    const heard: number[] = [];
    // Each frame waits until the frame before it was noticed. The headers count as one activity.
    const beforeFrame = async (at: number) => {
      await until(() => mine.beats() > at);
      heard.push(mine.beats());
    };
    const mine: Trial = await trial(() => ({ text: "Done thinking.", heartbeats: 5, beforeFrame }));
    const reply = await mine.respond(requestOf(model));
    expect(reply.parts).toMatchObject([{ type: "text", text: "Done thinking." }]);
    expect(heard.slice(0, 6)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(mine.beats()).toBeGreaterThan(8);
  });

  test("every piece of text, reasoning and tool input counts as activity, also where it gives no draft", async () => {
    const beforeFrame = (at: number) => until(() => mine.beats() > at);
    const calls = [{ name: "read", input: { path: "a-long-enough-path" } }];
    const frames: number[] = [];
    const mine: Trial = await trial(() => ({
      ...(protocol === "anthropic" ? { thinking: "hm, hm" } : {}),
      calls,
      beforeFrame: (at) => {
        frames.push(at);
        return beforeFrame(at);
      },
    }));
    const reply = await mine.respond(requestOf(model));
    expect(reply.calls).toMatchObject([{ name: "read", input: calls[0]?.input }]);
    expect(frames.length).toBeGreaterThan(5);
  });

  test("a silent provider shows no activity; a stalled one shows activity up to the stall", async () => {
    const silent = await trial(() => ({ fault: { type: "silent" } }));
    const abort = new AbortController();
    const failed = silent.failure(requestOf(model), abort.signal);
    await until(() => silent.provider.requests.length > 0);
    const stalling = await trial(() => ({ text: "Some words.", fault: { type: "stall", afterEvents: 5 } }));
    const stalled = stalling.failure(requestOf(model), abort.signal);
    await until(() => stalling.drafts.length > 0);
    const before = stalling.beats();
    const reason = new Error("nothing came for long");
    abort.abort(reason);
    expect([await failed, await stalled]).toEqual([reason, reason]);
    expect(silent.beats()).toBe(0);
    expect(stalling.beats()).toBe(before);
    for (const { provider } of [silent, stalling]) expect(await provider.requests[0]?.ended).toBe("closed");
    await until(() => silent.provider.open() + stalling.provider.open() === 0);
  });

  test("an error's body counts as activity and is read as before", async () => {
    const mine = await trial(() => ({ fault: { type: "unknown_model" } }));
    expect(await mine.failure(requestOf(model))).toMatchObject({ kind: "unknown_model", details: { status: 404 } });
    expect(mine.beats()).toBeGreaterThanOrEqual(2);
  });

  test("two parallel calls are counted separately, and an unwatched call works as well", async () => {
    const { provider } = await trial(({ messages }) => ({ text: messages.at(-1)?.role === "user" ? "ok" : "no" }));
    const port = createModelPort({
      anthropic: { key: "test-key", baseUrl: provider.url },
      openai: { baseUrl: `${provider.url}/v1` },
    });
    const { signal } = new AbortController();
    const beats = [0, 0];
    const ask = (at: number) => {
      const onActivity = () => {
        beats[at] = (beats[at] ?? 0) + 1;
      };
      return port.respond(requestOf(model), { signal, onDraft: () => {}, ...(at < 2 && { onActivity }) });
    };
    await ask(0);
    const first = [...beats];
    expect(first).toEqual([expect.any(Number), 0]);
    expect(first[0]).toBeGreaterThan(1);
    const replies = await Promise.all([ask(1), ask(2)]);
    expect(replies.map((reply) => reply.parts)).toMatchObject([[{ text: "ok" }], [{ text: "ok" }]]);
    expect(beats[0]).toBe(first[0]);
    expect(beats[1]).toBeGreaterThan(1);
  });
});
