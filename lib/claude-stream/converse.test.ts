/** The conversation by stream-json with a program that this test plays itself. */
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import type { Conversation } from "@/lib/acp/converse";
import { converseByStream, streamArguments } from "./converse";

const SESSION = "11111111-2222-4333-8444-555555555555";

type Message = Record<string, unknown> & { type: string };

/** Starts a conversation with a program that answers each line as `plays` says. */
function talk(plays: (message: Message, write: (message: unknown) => void) => void, more: Partial<Conversation> = {}) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  let end: (value: { exitStatus: number | null }) => void = () => {};
  const ended = new Promise<{ exitStatus: number | null }>((resolve) => {
    end = resolve;
  });
  const kill = async () => end({ exitStatus: null });
  const write = (message: unknown) => void stdout.write(`${JSON.stringify(message)}\n`);
  stdin.on("data", (chunk: Buffer) => {
    for (const line of String(chunk).split("\n").filter(Boolean)) plays(JSON.parse(line) as Message, write);
  });
  const conversation: Conversation = {
    cwd: "/workspace",
    prompt: "Do it.",
    signal: new AbortController().signal,
    startTimeoutMs: 60_000,
    cancelTimeoutMs: 60_000,
    onActivity: () => undefined,
    onSeen: () => undefined,
    onSession: async () => undefined,
    onPermission: () => "allow",
    ...more,
  };
  const program = { stdin, stdout, stderr, ended, kill };
  return { told: converseByStream(program, conversation, { session: SESSION, isResumed: false }), end, write };
}

const ready = ({ request_id }: Message) => ({
  type: "control_response",
  response: { subtype: "success", request_id, response: {} },
});

/** A program that is ready, and answers the prompt with these messages. */
const answering = (...messages: unknown[]) =>
  talk((message, write) => {
    if (message.type === "control_request") write(ready(message));
    if (message.type === "user") for (const message of messages) write(message);
  }).told;

test.each([
  ["an answer", { subtype: "success", is_error: false, stop_reason: "end_turn" }, "end_turn", null],
  ["a cut answer", { subtype: "success", is_error: false, stop_reason: "max_tokens" }, "max_tokens", null],
  [
    ...(["a provider's 500, which says success"] as const),
    { subtype: "success", is_error: true, result: "API Error: 500", api_error_status: 500 },
    ...([null, { code: "error", said: "API Error: 500", status: 500 }] as const),
  ],
  ["its budget", { subtype: "error_max_budget_usd", is_error: true }, null, { code: "budget" }],
  ["its turns", { subtype: "error_max_turns", is_error: true }, "max_turn_requests", null],
  ["a result without words", { subtype: "success" }, null, { code: "error", said: "" }],
])("%s ends as what it is", async (_, result, stopReason, fault) => {
  const told = await answering({ type: "system", subtype: "init" }, { type: "result", ...result });
  expect([told.stopReason, told.fault, told.isPrompted]).toEqual([stopReason, fault, true]);
});

test("a permission that was withdrawn gets no answer, and one that comes too late none either", async () => {
  const decisions: ((decision: "allow") => void)[] = [];
  const answers: Message[] = [];
  const request = (request_id: string) => ({
    type: "control_request",
    request_id,
    request: { subtype: "can_use_tool", tool_name: "Bash", input: { command: "ls" } },
  });
  const { told, write } = talk(
    (message, write) => {
      if (message.type === "control_request") write(ready(message));
      if (message.type === "user") for (const id of ["1", "2"]) write(request(id));
      if (message.type !== "control_response") return;
      answers.push(message.response as Message);
      write({ type: "result", is_error: false });
    },
    {
      onPermission: () =>
        new Promise((resolve) => {
          decisions.push(resolve);
          if (decisions.length < 2) return;
          write({ type: "control_cancel_request", request_id: "1" });
          write({ type: "system", subtype: "seen" });
        }),
      onActivity: () => {
        if (decisions.length === 2) for (const decide of decisions) decide("allow");
      },
    },
  );
  expect((await told).stopReason).toBe("end_turn");
  expect(answers.map(({ request_id }) => request_id)).toEqual(["2"]);
});

test("a request that Banyan does not know is answered with an error, so that the agent does not wait for ever", async () => {
  const answers: unknown[] = [];
  const { told } = talk((message, write) => {
    if (message.type === "control_request") write(ready(message));
    if (message.type === "user")
      write({ type: "control_request", request_id: "1", request: { subtype: "hook_callback" } });
    if (message.type !== "control_response") return;
    answers.push(message.response);
    write({ type: "result", is_error: false });
  });
  await told;
  expect(answers).toEqual([{ subtype: "error", request_id: "1", error: "Banyan does not answer hook_callback." }]);
});

test("an end before the prompt was sent says so, because then it may be started again", async () => {
  const early = talk(() => undefined);
  early.end({ exitStatus: 3 });
  const told = await early.told;
  expect([told.isPrompted, told.session, told.fault]).toMatchObject([false, null, { code: "ended", exitStatus: 3 }]);
  const slow = await talk(() => undefined, { startTimeoutMs: 1 }).told;
  expect([slow.isPrompted, slow.fault]).toEqual([false, { code: "slow_start" }]);
});

test("no settings, hooks and servers of the repository are read, and a budget is passed on where it is known", () => {
  const opening = { session: SESSION, isResumed: true };
  const given = streamArguments(opening, 0.5).join(" ");
  for (const part of ["--setting-sources=", "--strict-mcp-config", "--max-budget-usd 0.500000", `--resume ${SESSION}`])
    expect(given).toContain(part);
  expect(streamArguments(opening, null)).not.toContain("--max-budget-usd");
});
