import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { keptClicks, sendKept } from "./kept-clicks";

let isLost = false;
const GONE = new TypeError("Failed to fetch");
const DONE = { ok: true, sentence: "Paused." };
const asks = new Set<string>();

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("window", {
    addEventListener: (name: string) => asks.add(name),
    removeEventListener: (name: string) => asks.delete(name),
  });
  isLost = false;
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function server(answers: (Error | typeof DONE)[]) {
  const send = vi.fn(async () => {
    const answer = answers.shift() ?? DONE;
    if (answer instanceof Error) throw answer;
    return answer;
  });
  return send;
}

const pause = (send: () => Promise<typeof DONE>) => sendKept("Pause", send, () => isLost);

test("an action that the server answers is sent once and waits for nothing", async () => {
  const send = server([]);
  expect(await pause(send)).toEqual(DONE);
  expect(send).toHaveBeenCalledTimes(1);
  expect(keptClicks()).toEqual([]);
});

test("an action without an answer waits, is asked for before the page closes, and is sent when the server is back", async () => {
  const send = server([GONE]);
  const answer = pause(send);
  await vi.advanceTimersByTimeAsync(0);
  isLost = true;
  expect(keptClicks().map(({ words }) => words)).toEqual(["Pause"]);
  expect([...asks]).toEqual(["beforeunload"]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(send).toHaveBeenCalledTimes(1);
  isLost = false;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await answer).toEqual(DONE);
  expect(send).toHaveBeenCalledTimes(2);
  expect([keptClicks(), [...asks]]).toEqual([[], []]);
});

test("an action of a page that has lost its server is not sent before; taken back, it is never sent", async () => {
  isLost = true;
  const send = server([]);
  const answer = pause(send);
  await vi.advanceTimersByTimeAsync(0);
  keptClicks()[0]?.takeBack();
  expect(await answer).toEqual({ ok: false, sentence: "Taken back. Nothing was sent." });
  isLost = false;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(send).not.toHaveBeenCalled();
});

test("taking back says so when a try may have arrived", async () => {
  const answer = pause(server([GONE]));
  await vi.advanceTimersByTimeAsync(0);
  keptClicks()[0]?.takeBack();
  expect(await answer).toMatchObject({ ok: false, sentence: expect.stringContaining("may have received it") });
});

test("a refusal is no absence, and requests that fail on a working connection end", async () => {
  await expect(pause(server([new Error("refused")]))).rejects.toThrow("refused");
  const answer = pause(server([GONE, GONE, GONE, GONE, GONE]));
  const failed = expect(answer).rejects.toThrow("Failed to fetch");
  await vi.advanceTimersByTimeAsync(10_000);
  await failed;
  expect(keptClicks()).toEqual([]);
});
