import { expect, test } from "vitest";
import type { Gap } from "./port";
import { startCell, stateOf } from "./testing/cell";

const REQUEST = { runner: "linux-1", bootId: "boot-1", place: 1, level: 1, body: { say: "hello" } };
const inAnHour = () => Date.now() + 3_600_000;
const bytes = (text: string) => Buffer.from(text);
const text = (data: Uint8Array) => Buffer.from(data).toString();

test("a call is accepted, sends chunks in order, takes input, and has one outcome that stays", async () => {
  const cell = await startCell({ runners: ["linux-1"] });
  const server = await cell.server();
  const runner = await cell.runner("linux-1");
  runner.announce(stateOf());
  await runner.serve((call) => ({
    async run() {
      const inputs: string[] = [];
      await new Promise<void>((resolve) =>
        call.onInput((data) => {
          inputs.push(text(data));
          call.send(bytes(`heard ${text(data)}`));
          if (inputs.length === 3) resolve();
        }),
      );
      return { body: call.body, place: call.place, inputs };
    },
  }));
  const chunks: string[] = [];
  const gaps: Gap[] = [];
  const start = await server.call(
    { ...REQUEST, callId: "c1", deadlineMs: inAnHour() },
    { onChunk: (data) => chunks.push(text(data)), onGap: (gap) => gaps.push(gap) },
  );
  if (start.state !== "accepted") throw new Error(start.state);
  expect(await Promise.all(["a", "b", "c"].map((one) => start.call.input(bytes(one))))).toEqual([
    "taken",
    "taken",
    "taken",
  ]);
  const outcome = {
    callId: "c1",
    place: 1,
    chunks: 3,
    state: "done",
    body: { body: { say: "hello" }, place: 1, inputs: ["a", "b", "c"] },
  };
  expect(await start.call.outcome).toEqual(outcome);
  expect([chunks, gaps]).toEqual([["heard a", "heard b", "heard c"], []]);
  await runner.settled();
  expect(await server.outcome("linux-1", "c1")).toEqual(outcome);
  expect(await server.outcome("linux-1", "c2")).toBeNull();
  expect(await start.call.input(bytes("late"))).toBe("ended");
});
