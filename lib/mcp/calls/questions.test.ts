/** Questions that real servers ask during a call, in both generations and over both transports. */
import type { Client } from "@modelcontextprotocol/client";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import type { HttpServer, ServerConfig } from "@/lib/mcp/config/types";
import { readAnswer } from "@/lib/mcp/forms/answer";
import type { FormAnswer, ServerForm } from "@/lib/mcp/forms/form";
import { type Generation, startAsking } from "@/lib/mcp/testing/asking-server";
import { approved, failureOf } from "@/lib/mcp/testing/calls";
import { startHttpEverything } from "@/lib/mcp/testing/http-everything";
import { askingServerIn, temporaryFolder } from "@/lib/mcp/testing/places";
import { createAddressGuard } from "@/lib/mcp/transport/address-guard";
import { createSandbox } from "@/lib/sandbox/sandbox";
import { testedSandbox } from "@/lib/sandbox/testing/tested";
import { realTimers } from "@/lib/time/timers";
import { createMcpPool, type McpPoolOptions } from "./pool";
import { type OnQuestion, openCall, untilComplete } from "./questions";

const sandbox = createSandbox({ tested: testedSandbox });
const base = temporaryFolder();
const program = Object.fromEntries(
  await Promise.all(
    (["2025", "2026"] as const).map(
      async (version) => [version, await askingServerIn(`${base.path}/${version}`, version)] as const,
    ),
  ),
);
afterAll(() => {
  sandbox.close();
  base.remove();
});

const TOO_SOON_MS = 60_000;

interface Reached {
  call: Awaited<ReturnType<typeof approved>>;
  /** Ends the server as a crash would. */
  /** Resolves when its end is known. */
  kill(): Promise<void>;
}

async function reached(generation: Generation, transport: "stdio" | "http", more: Partial<McpPoolOptions> = {}) {
  const options = { sandbox, packagesDir: "/nonexistent", hiddenPaths: [], secretOf: async () => undefined, ...more };
  if (transport === "stdio") {
    const pool = createMcpPool(options);
    onTestFinished(() => pool.close());
    const call = await approved(pool, program[generation] as ServerConfig);
    const kill = () =>
      call("quit").then(
        () => undefined,
        () => undefined,
      );
    return { call, kill } satisfies Reached;
  }
  const { host, url, kill, stop } = await startAsking(generation);
  const pool = createMcpPool({ ...options, guard: createAddressGuard({ privateHosts: [host] }) });
  onTestFinished(async () => {
    await pool.close();
    await stop();
  });
  const server: HttpServer = { kind: "http", name: "asking", url, headers: {} };
  return { call: await approved(pool, server), kill: async () => kill() } satisfies Reached;
}

/** Answers each form with the next answer, and keeps the forms. */
function answering(...answers: FormAnswer[]) {
  const forms: ServerForm[] = [];
  const onQuestion: OnQuestion = async (form) => {
    forms.push(form);
    return { answer: answers[forms.length - 1] ?? { action: "cancel" } };
  };
  return { forms, onQuestion };
}

/** A person who does not answer. `asked` resolves with the first question. */
function silent() {
  let tell: (form: ServerForm) => void = () => undefined;
  const asked = new Promise<ServerForm>((resolve) => {
    tell = resolve;
  });
  const onQuestion: OnQuestion = (form) => {
    tell(form);
    return new Promise(() => undefined);
  };
  return { asked, onQuestion };
}

const accept = (content: Record<string, string | number>): FormAnswer => ({ action: "accept", content });

const SERVERS = [
  ["2025", "stdio"],
  ["2025", "http"],
  ["2026", "stdio"],
  ["2026", "http"],
] as const;

describe.each(SERVERS)("a server of %s over %s", (generation, transport) => {
  test("gets what a person answers, declines or cancels", async () => {
    const { call } = await reached(generation, transport);
    const yes = answering(accept({}));
    expect(JSON.parse((await call("delete_all", {}, yes)).text)).toEqual({ sure: { action: "accept", content: {} } });
    expect(yes.forms).toMatchObject([{ message: "Delete all 12 files?\nThey cannot be restored.", fields: [] }]);
    const seats = answering(accept({ seats: 3 }));
    expect(JSON.parse((await call("book", {}, seats)).text)).toEqual({
      seats: { action: "accept", content: { seats: 3 } },
    });
    expect(seats.forms[0]?.fields).toMatchObject([{ name: "seats", type: "integer", isRequired: true }]);
    for (const action of ["decline", "cancel"] as const)
      expect(JSON.parse((await call("choose", {}, answering({ action }))).text)).toEqual({ size: { action } });
  });

  test("asks two questions, one after the other", async () => {
    const { call } = await reached(generation, transport);
    let open = 0;
    const asked: string[] = [];
    const onQuestion: OnQuestion = async ({ message }) => {
      open += 1;
      asked.push(message);
      await new Promise((resolve) => setImmediate(resolve));
      expect(open).toBe(1);
      open -= 1;
      return { answer: accept({ text: message }) };
    };
    expect(JSON.parse((await call("two", {}, { onQuestion })).text)).toMatchObject({
      one: { content: { text: "The first?" } },
      other: { content: { text: "The second?" } },
    });
    expect(asked).toEqual(["The first?", "The second?"]);
  });

  test("is told that its question is declined, where nobody can be asked, and the result says so", async () => {
    const { call } = await reached(generation, transport);
    expect((await call("choose")).text).toBe(
      `{"size":{"action":"decline"}}\n[The server asking asked “Which size?”, and nobody can be asked here, so it was declined.]`,
    );
  });

  test("does not get a password, and no person sees its question", async () => {
    const { call } = await reached(generation, transport);
    const person = answering();
    const { text } = await call("login", {}, person);
    expect(text).toBe(
      `{"login":{"action":"decline"}}\n[The server asking asked something that no person was shown, because it asks for a password, a key or another secret.]`,
    );
    expect(person.forms).toEqual([]);
  });

  test("that asks while the call is cancelled learns it, and the connection stays", async () => {
    const { call } = await reached(generation, transport);
    const stop = new AbortController();
    const person = silent();
    const asking = failureOf(call("choose", {}, { onQuestion: person.onQuestion, signal: stop.signal }));
    expect((await person.asked).message).toBe("Which size?");
    stop.abort();
    expect(await asking).toMatchObject({ kind: "cancelled", mayHaveRun: true });
    if (generation === "2026") expect((await call("echo", { text: "still here" })).text).toBe("still here");
    else await expect.poll(async () => (await call("last")).text, { timeout: 30_000 }).toBe('{"action":"cancel"}');
  });

  test("may wait for a person longer than a call may be silent", async () => {
    const waiting: (() => void)[] = [];
    const timers = {
      after: (_ms: number, run: () => void) => {
        waiting.push(run);
        return () => void waiting.splice(waiting.indexOf(run) >>> 0, 1);
      },
      every: () => () => undefined,
    };
    const { call } = await reached(generation, transport, { timers });
    const onQuestion: OnQuestion = async () => {
      // Everything that waits for a time runs now, as after days.
      for (const run of [...waiting]) run();
      return { answer: accept({ size: "large" }) };
    };
    const { text } = await call("choose", {}, { onQuestion });
    expect(JSON.parse(text)).toMatchObject({ size: { content: { size: "large" } } });
  });

  test("asks at most ten times", async () => {
    const { call } = await reached(generation, transport);
    const yes = answering(...Array.from({ length: 12 }, () => accept({})));
    const sentence =
      generation === "2025"
        ? await call("endless", {}, yes).then(({ text }) => text)
        : await failureOf(call("endless", {}, yes)).then(({ message }) => message);
    expect(sentence).toMatch(/asked more than 10 (questions; the others were declined|times during a call)\./);
    expect(yes.forms).toHaveLength(10);
  });
});

test.each([
  ["2025", "stdio"],
  ["2025", "http"],
] as const)("a server of %s over %s that ends while its question is open fails the call", async (era, transport) => {
  const { call, kill } = await reached(era, transport);
  const person = silent();
  const asking = failureOf(call("choose", {}, { onQuestion: person.onQuestion, timeoutMs: TOO_SOON_MS }));
  await person.asked;
  await kill();
  const failure = await asking;
  expect(failure).toMatchObject({ kind: "unavailable", mayHaveRun: true });
  expect(failure.message).not.toContain("question");
});

test.each([
  ["2026", "stdio"],
  ["2026", "http"],
] as const)(
  "a server of %s over %s that ends while its question is open fails when it is answered",
  async (era, transport) => {
    const { call, kill } = await reached(era, transport);
    const onQuestion: OnQuestion = async () => {
      await kill();
      return { answer: accept({ size: "small" }) };
    };
    expect(await failureOf(call("choose", {}, { onQuestion }))).toMatchObject({ kind: "unavailable" });
  },
);

describe("a server of 2026", () => {
  test("gets no second answer to the same key", async () => {
    const { call } = await reached("2026", "http");
    const yes = answering(accept({}), accept({}));
    expect((await failureOf(call("again", {}, yes))).message).toBe(
      "The server asking asked the question again again, which it had an answer to.",
    );
    expect(yes.forms).toHaveLength(1);
  });

  test("may send its state without a question", async () => {
    const { call } = await reached("2026", "http");
    expect((await call("state")).text).toBe("round 3");
  });

  test("that breaks the form is told “decline”", async () => {
    const { call } = await reached("2026", "stdio");
    expect((await call("broken", {}, answering())).text).toContain("because it is not a form of the protocol.");
  });
});

describe("a server of 2026 that asks for what was not offered", () => {
  async function asking(request: unknown) {
    const notes: string[] = [];
    const { forms, onQuestion } = answering();
    const { signal } = new AbortController();
    const call = openCall("rude", { onQuestion, notes }, signal, () => () => undefined);
    const sent: unknown[] = [];
    const client = { getProtocolEra: () => "modern" } as Client;
    const result = untilComplete(call, { client, server: "rude", timers: realTimers, signal }, async (more) => {
      sent.push(more);
      return more ? "done" : { resultType: "input_required", inputRequests: { it: request } };
    });
    const ended = await result.catch((error: Error) => error.message);
    return { ended, sent, notes, forms };
  }

  test("is refused a model and folders in one sentence", async () => {
    for (const [method, what] of [
      ["sampling/createMessage", "an answer of a model (sampling)"],
      ["roots/list", "a list of folders (roots)"],
      ["x/y", "x/y"],
    ])
      expect(await asking({ method, params: {} })).toMatchObject({
        ended: `The server rude asked during the call for ${what}, which Banyan does not offer.`,
        sent: [undefined],
        forms: [],
      });
    expect((await asking("nonsense")).ended).toContain("asked during the call for something unknown");
  });

  test("is refused a page in one sentence", async () => {
    const params = { mode: "url", message: "Open", url: "https://x.test/" };
    expect(await asking({ method: "elicitation/create", params })).toEqual({
      ended: "done",
      sent: [undefined, { inputResponses: { it: { action: "decline" } } }],
      notes: [
        "The server rude asked something that no person was shown, because it wants a person to open a page, and only forms are passed on.",
      ],
      forms: [],
    });
  });
});

test("calls that wait for a person leave their places to others", async () => {
  const { call } = await reached("2026", "http", { limits: { callsPerConnection: 1 } });
  const person = silent();
  const stop = new AbortController();
  const asking = failureOf(call("choose", {}, { onQuestion: person.onQuestion, signal: stop.signal }));
  await person.asked;
  expect((await call("echo", { text: "in between" })).text).toBe("in between");
  stop.abort();
  expect(await asking).toMatchObject({ kind: "cancelled" });
});

test("the real server-everything gets a form answered that has fields of all types", async () => {
  const real = await startHttpEverything();
  onTestFinished(real.stop);
  const guard = createAddressGuard({ privateHosts: [real.host] });
  const pool = createMcpPool({ sandbox, packagesDir: "/", hiddenPaths: [], secretOf: async () => undefined, guard });
  onTestFinished(() => pool.close());
  const call = await approved(pool, { kind: "http", name: "everything", url: real.url, headers: {} });
  const onQuestion: OnQuestion = async (form) => {
    const read = readAnswer(
      form,
      '{"name":"Ada","untitledSingleSelectEnum":"Ross","titledSingleSelectEnum":"Superman"}',
    );
    if (read.means !== "values") throw new Error(JSON.stringify(read));
    return { answer: { action: "accept", content: read.content } };
  };
  const { text, isError } = await call("trigger-elicitation-request", {}, { onQuestion });
  expect([isError, text]).toEqual([false, expect.stringContaining("hero-1")]);
  expect((await call("trigger-elicitation-request")).text).toContain("nobody can be asked here, so it was declined.");
});

test("a server of 2025 that does not wait for the answer goes on, and the result says so", async () => {
  const { call } = await reached("2025", "stdio");
  expect((await call("hasty", {}, silent())).text).toBe(
    '{"now":{"error":"Request timed out"}}\n[The server asking withdrew its question before a person had answered it.]',
  );
});

test("a server of 2025 that wants a person to open a page is refused, and the result says so", async () => {
  const { call } = await reached("2025", "http");
  const { text } = await call("page", {}, answering());
  expect(text).toContain("Not shown to a person, because it wants a person to open a page");
  expect(text).toContain("[The server asking asked something that no person was shown, because it wants");
});

describe("a server of 2025 with several calls at once", () => {
  test("over HTTP is answered by the person of the call that it asks in", async () => {
    const { call } = await reached("2025", "http");
    const people = ["one", "two", "three"].map((text) => answering(accept({ text }), accept({ text })));
    const results = await Promise.all(people.map((person) => call("two", {}, person)));
    expect(results.map(({ text }) => JSON.parse(text).other.content.text)).toEqual(["one", "two", "three"]);
  });

  test("over stdio cannot be told apart, so nobody is asked, and each result says so", async () => {
    const { call } = await reached("2025", "stdio");
    const stop = new AbortController();
    let begun: (value: unknown) => void = () => undefined;
    const other = new Promise((resolve) => {
      begun = resolve;
    });
    const patient = failureOf(call("patient", {}, { onProgress: begun, signal: stop.signal }));
    await other;
    const person = answering();
    const { text } = await call("choose", {}, person);
    expect(text).toContain('{"size":{"action":"decline"}}\n[The server asking asked a question during several calls');
    expect(person.forms).toEqual([]);
    stop.abort();
    expect((await patient).message).toContain("Call its tools one after the other.");
  });
});
