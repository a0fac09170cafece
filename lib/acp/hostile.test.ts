/** E4: A coding agent that attacks the process it talks with, in both languages that Banyan speaks with agents. */
import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { converseByStream } from "@/lib/claude-stream/converse";
import { type Conversation, converse, type PermissionAsk, type Told } from "./converse";
import type { Seen } from "./work";

const SESSION = "11111111-2222-4333-8444-555555555555";
type Message = Record<string, unknown>;
type Write = (message: unknown) => void;

interface Talk {
  told: Promise<Told>;
  /** What the agent was answered. */
  answers: Message[];
  asked: PermissionAsk[];
  seen: Seen[];
  isKilled(): boolean;
}

/** An agent that opens its session, and does `plays` when it gets the prompt; `end` ends its turn. */
interface Language {
  talk(plays: (write: Write, end: () => void) => void, more?: Partial<Conversation>): Talk;
  ask(id: string, input: unknown): unknown;
  call(input: unknown): unknown;
}

function play(
  onLine: (message: Message, write: Write, answers: Message[]) => void,
  begin: (process: Parameters<typeof converse>[0], given: Conversation) => Promise<Told>,
  more: Partial<Conversation> = {},
): Talk {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  let end: (how: { exitStatus: number | null }) => void = () => {};
  const ended = new Promise<{ exitStatus: number | null }>((resolve) => {
    end = resolve;
  });
  let isKilled = false;
  const [answers, asked, seen]: [Message[], PermissionAsk[], Seen[]] = [[], [], []];
  const write: Write = (message) =>
    void stdout.write(`${typeof message === "string" ? message : JSON.stringify(message)}\n`);
  let rest = "";
  stdin.on("data", (chunk: Buffer) => {
    const lines = (rest + String(chunk)).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(JSON.parse(line) as Message, write, answers);
  });
  const kill = async () => {
    isKilled = true;
    end({ exitStatus: null });
  };
  const given: Conversation = {
    cwd: "/workspace",
    prompt: "Do it.",
    signal: new AbortController().signal,
    startTimeoutMs: 60_000,
    cancelTimeoutMs: 60_000,
    onActivity: () => undefined,
    onSeen: (event: Seen) => void seen.push(event),
    onSession: async () => undefined,
    onPermission: (ask) => {
      asked.push(ask);
      return "allow";
    },
    ...more,
  };
  const told = begin({ stdin, stdout, stderr, ended, kill }, given);
  return { told, answers, asked, seen, isKilled: () => isKilled };
}

const acp: Language = {
  talk: (plays, more) =>
    play(
      ({ id, method, ...message }, write, answers) => {
        const result = (value: unknown) => write({ jsonrpc: "2.0", id, result: value });
        if (method === "initialize") result({ protocolVersion: 1, agentCapabilities: {} });
        else if (method === "session/new") result({ sessionId: SESSION });
        else if (method === "session/prompt") plays(write, () => result({ stopReason: "end_turn" }));
        else if (method === undefined) answers.push({ id, ...message });
      },
      converse,
      more,
    ),
  ask: (id, rawInput) => ({
    jsonrpc: "2.0",
    id,
    method: "session/request_permission",
    params: {
      sessionId: SESSION,
      toolCall: { toolCallId: id, title: "ls", kind: "execute", rawInput },
      options: [
        { optionId: "for-ever", name: "Always", kind: "allow_always" },
        { optionId: "once", name: "Once", kind: "allow_once" },
        { optionId: "no", name: "No", kind: "reject_once" },
      ],
    },
  }),
  call: (rawInput) => ({
    jsonrpc: "2.0",
    method: "session/update",
    params: {
      sessionId: SESSION,
      update: { sessionUpdate: "tool_call", toolCallId: "1", title: "ls", kind: "execute", rawInput },
    },
  }),
};

const claude: Language = {
  talk: (plays, more) =>
    play(
      ({ type, request_id, response }, write, answers) => {
        if (type === "control_request")
          write({ type: "control_response", response: { subtype: "success", request_id, response: {} } });
        if (type === "user") plays(write, () => write({ type: "result", is_error: false }));
        if (type === "control_response") answers.push(response as Message);
      },
      (process, given) => converseByStream(process, given, { session: SESSION, isResumed: false }),
      more,
    ),
  ask: (request_id, input) => ({
    type: "control_request",
    request_id,
    request: { subtype: "can_use_tool", tool_name: "Bash", input },
  }),
  call: (input) => ({
    type: "assistant",
    message: { id: "m", content: [{ type: "tool_use", id: "1", name: "Bash", input }] },
  }),
};

const LANGUAGES: [string, Language][] = [
  ["ACP", acp],
  ["stream-json", claude],
];
/** As text, because JSON.stringify cannot write an object this deep. */
const NESTED = `${'{"a":'.repeat(60_000)}1${"}".repeat(60_000)}`;
const withNested = (message: unknown) => JSON.stringify(message).replace('"NESTED"', NESTED);

describe.each(LANGUAGES)("%s: an agent", (_, { talk, ask, call }) => {
  test("with a call that is nested without end is left, and nothing else breaks", async () => {
    const { told } = talk((write, end) => {
      write(withNested(call({ command: "NESTED" })));
      end();
    });
    expect((await told).fault ?? (await told).stopReason).toMatchObject({
      code: "nonsense",
      why: expect.stringContaining("nested"),
    });
  });

  test("that asks for permission for what is nested without end is left", async () => {
    const { told, asked } = talk((write) => write(withNested(ask("1", { command: "NESTED" }))));
    expect((await told).fault).toMatchObject({ code: "nonsense", why: expect.stringContaining("nested") });
    expect(asked).toEqual([]);
  });

  test("whose permission cannot be decided is answered, and goes on", async () => {
    const { told, answers } = talk(
      (write, end) => {
        write(ask("1", { command: "ls" }));
        write(ask("2", { command: "ls" }));
        setImmediate(end);
      },
      { onPermission: () => Promise.reject(new Error("the database is closed")) },
    );
    expect((await told).stopReason).toBe("end_turn");
    expect(JSON.stringify(answers)).not.toMatch(/"allow|"selected"|database/);
  });

  test.each([
    ["at once", (at: number) => `${at}`],
    ["under one id", () => "1"],
  ])("that asks thousands of times %s is left before a person drowns", async (_how, idOf) => {
    let decided = 0;
    const { told } = talk(
      (write) => {
        for (let at = 0; at < 5_000; at += 1) write(ask(idOf(at), { command: "ls" }));
      },
      {
        onPermission: () => {
          decided += 1;
          return new Promise(() => undefined);
        },
      },
    );
    expect((await told).fault).toMatchObject({ code: "nonsense", why: expect.stringContaining("at once") });
    expect(decided).toBeLessThanOrEqual(100);
  });

  test("that reports without end has a report that ends", async () => {
    const { told, isKilled } = talk((write, end) => {
      for (let at = 0; at < 2_000; at += 1) write(call({ command: "x".repeat(10_000) }));
      end();
    });
    const { work, stopReason } = await told;
    expect([stopReason, isKilled(), JSON.stringify(work).length < 2_000_000]).toEqual(["end_turn", false, true]);
  });

  test("that writes rubbish only, or one line without end, is left", async () => {
    const rubbish = talk((write) => {
      for (let at = 0; at < 200; at += 1) write(`\u001b[2Jtick ${at}`);
    });
    const { fault } = await rubbish.told;
    expect(fault).toMatchObject({ code: "nonsense", why: expect.stringContaining("not messages") });
    expect(JSON.stringify(fault)).not.toContain("u001b");
    const endless = talk((write) => write("x".repeat(17 * 1024 * 1024)));
    expect((await endless.told).fault).toMatchObject({
      code: "nonsense",
      why: expect.stringContaining("a message of"),
    });
    expect([rubbish.isKilled(), endless.isKilled()]).toEqual([true, true]);
  });
});

test.each([
  ["fs/read_text_file", { path: "/etc/passwd" }],
  ["fs/read_text_file", { path: "/workspace/../etc/passwd", line: 1, limit: 1 }],
  ["fs/write_text_file", { path: "/workspace/link/out", content: "x" }],
  ["terminal/create", { command: "id", args: [], cwd: "/" }],
  ["terminal/output", { terminalId: "1" }],
  ["session/new", { cwd: "/", mcpServers: [] }],
  ["session/load", { sessionId: "of another task", cwd: "/", mcpServers: [] }],
  ["elicitation/create", { message: "Your password?", mode: "form", requestedSchema: {} }],
  ["__proto__", {}],
])("ACP: an agent that asks the host for %s %j gets an error and nothing else", async (method, params) => {
  const { told, answers, asked } = acp.talk((write, end) => {
    write({ jsonrpc: "2.0", id: "x", method, params: { sessionId: SESSION, ...params } });
    setImmediate(end);
  });
  expect((await told).stopReason).toBe("end_turn");
  expect(answers).toEqual([{ jsonrpc: "2.0", id: "x", error: expect.anything() }]);
  expect(asked).toEqual([]);
});

test("ACP: a permission is given for once, under the id that the agent offered, never for ever", async () => {
  const answersOf = async (change: (ask: string) => string) => {
    const { told, answers } = acp.talk((write, end) => {
      write(change(JSON.stringify(acp.ask("1", { command: "ls" }))));
      setImmediate(end);
    });
    await told;
    return answers.map(({ result }) => result);
  };
  expect(await answersOf((ask) => ask)).toEqual([{ outcome: { outcome: "selected", optionId: "once" } }]);
  // Where only “always” is offered, nothing is allowed.
  const always = await answersOf((ask) => ask.replaceAll("allow_once", "allow_always"));
  expect(always).toEqual([{ outcome: { outcome: "cancelled" } }]);
});

test("ACP: answers to requests that were never made are no answers", async () => {
  const { told } = acp.talk((write, end) => {
    for (let id = -5; id < 60; id += 1) write({ jsonrpc: "2.0", id: `${id}`, result: { stopReason: "refusal" } });
    end();
  });
  expect((await told).stopReason).toBe("end_turn");
});
