import { expect, test } from "vitest";
import { asMessage } from "./loose-message";

const of = (rest: object) => ({ jsonrpc: "2.0", id: 1, ...rest });

test.each([
  ["a result beside no error", { result: { ok: null }, error: null }, { result: { ok: null } }],
  [
    "an error beside no result",
    { result: null, error: { code: 1, message: "no" } },
    { error: { code: 1, message: "no" } },
  ],
  ["an error as text", { error: "it broke" }, { error: { code: -32_603, message: "it broke" } }],
  [
    "an introduction with empty fields",
    {
      result: {
        protocolVersion: "2025-06-18",
        capabilities: { tools: { listChanged: null }, prompts: null },
        serverInfo: { name: "a", title: null },
        instructions: null,
      },
    },
    { result: { protocolVersion: "2025-06-18", capabilities: { tools: {} }, serverInfo: { name: "a", version: "" } } },
  ],
])("%s has one reading", (_, given, read) => {
  expect(asMessage(of(given))).toEqual(of(read));
});

test.each([
  [of({ result: { a: 1 }, error: { code: 1, message: "no" } })],
  [{ jsonrpc: "2.0", method: "notifications/progress", params: { message: null } }],
  [[]],
  ["text"],
])("%j stays as it is", (given) => {
  expect(asMessage(given)).toEqual(given);
});
