import { describe, expect, test } from "vitest";
import { ModelError, type ModelMessage, type ToolCallRequest, type UserMessage } from "@/core/log/model";
import { offeredAnswers } from "@/core/offered-answers";
import { replyTo, runbookModel } from "./model";
import { checksOf, type Driven, drive, expectSameAtEveryPrefix, type FakeTool, systemPrompt } from "./testing";

function runbook(steps: string[], head = ""): string {
  const sections = steps.map((yaml, index) => `## Part ${index + 1}\nProse.\n\n\`\`\`step\n${yaml}\n\`\`\`\n`);
  return `---\nname: sample\ndescription: A sample.\n${head}---\n\n${sections.join("\n")}`;
}

function run(steps: string[], tools: Record<string, FakeTool> = {}, head = "", instruction = "Do it"): Driven {
  const driven = drive(runbook(steps, head), instruction, { tools });
  expectSameAtEveryPrefix(driven);
  return driven;
}

const fail =
  (message: string): FakeTool =>
  () => {
    throw new Error(message);
  };
const END = "end: { result: done }";
const user = (content: string): ModelMessage => ({ role: "user", content });
const told = (event: NonNullable<UserMessage["event"]>, content: string): ModelMessage => ({
  role: "user",
  content,
  event,
});
const tool = (callId: string, content: string, isError = false): ModelMessage => ({
  role: "tool",
  callId,
  toolName: "x",
  content,
  isError,
});

/** The host's answer to a call whose outcome comes later. */
const early = (callId: string, content: object): ModelMessage => ({
  role: "tool",
  callId,
  toolName: "x",
  content: JSON.stringify(content),
  isError: false,
  early: true,
});

const endInput = (calls: ToolCallRequest[]) => calls[0]?.input as { status: string; result: string };

/** Replies to a growing conversation: each call adds messages and the reply to them. */
function converse(text: string) {
  const system = systemPrompt(text);
  const messages: ModelMessage[] = [user("Do it")];
  return {
    messages,
    next(...more: ModelMessage[]) {
      messages.push(...more);
      const reply = replyTo({ system, messages });
      messages.push({ role: "assistant", parts: reply.parts, calls: reply.calls });
      return { reply, text: reply.parts[0]?.type === "text" ? reply.parts[0].text : "", calls: reply.calls };
    },
  };
}

describe("steps", () => {
  test("a golden conversation: a call, a branch, a fan-out, a result", () => {
    const driven = run(
      [
        "call: list_directory\nwith: { path: '{{inputs.path}}' }\nsave: listing",
        "end: { result: nothing here }\nwhen: listing.entries | count == 0",
        "call: read_file\nfor_each: listing.entries | where('type', 'file')\nas: entry\nwith: { path: '{{entry.name}}' }\nsave: texts",
        "set: { joined: '{{ texts | join(\"+\") }}' }",
        "end: { result: 'All: {{joined}} for {{task}}' }",
      ],
      {
        list_directory: ({ path }) => ({
          path: path ?? null,
          entries: [
            { name: "a", type: "file" },
            { name: "b", type: "file" },
            { name: "d", type: "directory" },
          ],
        }),
        read_file: ({ path }) => `text of ${path}`,
      },
      "inputs: { path: { default: src } }\n",
    );
    expect(driven.turns).toEqual(["list_directory", "read_file+read_file", "end_task"]);
    expect(driven.status).toBe("success");
    expect(driven.result).toBe("All: text of a+text of b for Do it");
    const texts = driven.messages.flatMap((message) => (message.role === "assistant" ? [message.parts[0]] : []));
    expect(texts).toMatchObject([
      {
        text: "Step 1 of 5: Part 1 (runbook sample)\nThis task follows the steps of a runbook as they are written, without a language model.\nCalls list_directory.",
      },
      {
        text: "Step 3 of 5: Part 3 (runbook sample)\nStep 2, “Part 2”: skipped, because its condition is false.\nCalls read_file 2 times.",
      },
      { text: "Step 5 of 5: Part 5 (runbook sample)\nCalls end_task." },
    ]);
  });

  test("the other branch, and a loop over nothing", () => {
    const tools = { list_directory: () => ({ entries: [] }) };
    const first = "call: list_directory\nsave: listing";
    expect(run([first, "end: { result: empty }\nwhen: not listing.entries", END], tools).result).toBe("empty");
    const loop = "call: read_file\nfor_each: listing.entries\nsave: texts";
    expect(run([first, loop, "end: { result: '{{texts | json}}' }"], tools).turns).toEqual([
      "list_directory",
      "end_task",
    ]);
  });

  test("inputs without a value are left out of a call, and types are kept", () => {
    const seen: unknown[] = [];
    run(
      [
        "set: { n: 3 }",
        "call: probe\nwith: { a: '{{n}}', b: '{{n}}!', c: '{{inputs.none}}', d: [1, '{{n + 1}}'], e: { f: true } }",
        END,
      ],
      {
        probe: (input) => {
          seen.push(input);
          return "ok";
        },
      },
      "inputs: { none: {} }\n",
    );
    expect(seen).toEqual([{ a: 3, b: "3!", d: [1, 4], e: { f: true } }]);
  });

  test("asking a person and writing a file", () => {
    const written: unknown[] = [];
    const driven = run(
      [
        "ask: 'Which of {{task}}?'\nsave: reply",
        "write: { path: 'out.md', content: 'Said: {{reply}}' }\nsave: w",
        "end: { result: '{{w.path}}' }",
      ],
      {
        ask: ({ question }) => `answer to ${question}`,
        write_file: (input) => ({ path: "out.md", at: written.push(input) }),
      },
    );
    expect(written).toEqual([{ path: "out.md", content: "Said: answer to Which of Do it?" }]);
    expect(driven.result).toBe("out.md");
  });

  test("what a tool returns is data: it is never read as a template or an expression", () => {
    const driven = run(["call: read_file\nsave: text", "end: { result: '{{text}}' }"], {
      read_file: () => "{{task}} {{#if x}}",
    });
    expect(driven.result).toBe("{{task}} {{#if x}}");
  });
});

describe("errors", () => {
  test("stop, the default, ends the task as failed with step and reason", () => {
    const driven = run(["call: read_file", END], { read_file: fail("There is no such file.") });
    expect(driven.status).toBe("failure");
    expect(driven.result).toBe("Step 1, “Part 1”, failed: read_file answered: There is no such file.");
  });

  test("continue proceeds; the error can be reported", () => {
    const driven = run(
      [
        "call: read_file\nsave: text\non_error: continue",
        "end: { result: '{{text exists}} {{errors[].reason | join}}' }",
      ],
      { read_file: fail("No.") },
    );
    expect(driven.result).toBe("false read_file answered: No.");
  });

  test("in a loop, the good answers stay", () => {
    const driven = run(
      [
        "set: { all: [a, b, c] }",
        "call: read_file\nfor_each: all\nas: one\nwith: { path: '{{one}}' }\nsave: got\non_error: continue",
        "end: { result_json: '{{got}}' }",
      ],
      { read_file: ({ path }) => (path === "b" ? fail("No b.")({}) : `${path}!`) },
    );
    expect(JSON.parse(driven.result)).toEqual(["a!", { error: "No b.", item: "b" }, "c!"]);
  });

  test("JSON that was cut is an error where JSON is expected", () => {
    const driven = run(["call: measure\nexpect: json\nsave: m", END], { measure: () => '{"files": 3, "lang' });
    expect(driven).toMatchObject({ status: "failure", result: expect.stringMatching(/measure gave no complete JSON/) });
  });

  test("an expression that cannot be evaluated", () => {
    expect(run(["set: { a: '{{ task * 2 }}' }", END]).result).toMatch(
      /Part 1”, failed: it cannot be evaluated: "\*" needs numbers/,
    );
    expect(run(["set: { a: '{{ task * 2 }}' }\non_error: continue", "end: { result: 'on' }"]).result).toBe("on");
  });

  test("a loop that is too long", () => {
    const steps = ["call: list\nsave: l", "call: read_file\nfor_each: l", END];
    expect(run(steps, { list: () => Array.from({ length: 1_001 }, () => 1) }).result).toMatch(
      /1001 elements.*at most 1000/,
    );
  });

  test("inputs that are missing, unknown or given", () => {
    const head = "inputs: { path: { required: true, description: the folder }, depth: { default: 1 } }\n";
    const steps = ["end: { result: '{{inputs.path}} {{inputs.depth}}' }"];
    expect(run(steps, {}, head).result).toMatch(/needs path \(the folder\)/);
    expect(run(steps, {}, head, 'Follow the runbook sample with {"pth":"a"}').result).toMatch(
      /has no input “pth”; its inputs are: path, depth/,
    );
    const good = run(steps, {}, head, 'Follow the runbook sample with {"path":"src"}\nFor people.');
    expect(good).toMatchObject({ status: "success", result: "src 1" });
  });
});

describe("a call whose process ended", () => {
  const MEASURE = "call: measure\nwith: { of: title }\nexpect: json\nsave: measured";
  const ENDS = "end: { result: '{{measured.most}}' }";
  const cut = (callId: string): ModelMessage => ({
    role: "tool",
    callId,
    toolName: "measure",
    content: "This call was interrupted.",
    isError: true,
    interrupted: true,
  });

  test("is made again where the step is repeatable, with its own id", () => {
    const { next } = converse(runbook([`${MEASURE}\nrepeatable: true`, ENDS]));
    const [first] = next().calls;
    const [again] = next(cut(first?.id ?? "")).calls;
    expect(again).toEqual({ ...first, id: `${first?.id}-again-1` });
    const end = next(tool(again?.id ?? "", '{"most":7}'));
    expect(endInput(end.calls)).toMatchObject({ status: "success", result: "7" });
  });

  test("is made again three times at most, and never without leave", () => {
    const { next } = converse(runbook([`${MEASURE}\nrepeatable: true`, ENDS]));
    let calls = next().calls;
    const made: string[] = [];
    while (calls[0]?.name === "measure" && made.length < 10) {
      made.push(calls[0].id);
      calls = next(cut(calls[0].id)).calls;
    }
    expect(made).toHaveLength(4);
    expect(endInput(calls)).toMatchObject({ status: "failure", result: expect.stringContaining("was interrupted") });

    const once = converse(runbook([MEASURE, ENDS]));
    const end = once.next(cut(once.next().calls[0]?.id ?? ""));
    expect(endInput(end.calls)).toMatchObject({
      status: "failure",
      result: expect.stringContaining("was interrupted"),
    });
  });

  test("other errors repeat nothing", () => {
    const { next } = converse(runbook([`${MEASURE}\nrepeatable: true`, ENDS]));
    const { interrupted: _, ...refused } = cut(next().calls[0]?.id ?? "") as Extract<ModelMessage, { role: "tool" }>;
    expect(endInput(next(refused).calls)).toMatchObject({ status: "failure" });
  });
});

describe("checks", () => {
  const CHECKS = [
    "check: One is one\nthat: 1 == 1\nevidence: 'sum {{1 + 1}}'",
    "check: One is two\nthat: 1 == 2\nevidence: counted",
  ];

  test("are data beside end_task", () => {
    const driven = run([...CHECKS, END]);
    expect(driven.status).toBe("success");
    expect(driven.checks).toEqual([
      { statement: "One is one", passed: true, evidence: "sum 2", required: false },
      { statement: "One is two", passed: false, evidence: "counted", required: false },
    ]);
  });

  test("a required one that fails makes the end a failure, with the result", () => {
    const driven = run([`${CHECKS[1]}\nrequired: true`, END]);
    expect(driven.status).toBe("failure");
    expect(driven.result).toBe("A required check failed: “One is two” is not true (counted).\n\ndone");
  });
});

describe("subtasks", () => {
  const FAN_OUT = `start_subtasks:
  for_each: inputs.names
  as: name
  title: "Do {{name}}"
  runbook: child
  inputs: { name: "{{name}}" }
  instruction: For people, {{name}}.
save: children
on_error: continue`;
  const HEAD = "inputs: { names: { default: [a, b] } }\n";
  const RESULT = 'end: { result_json: \'{{ children | columns("item", "status", "succeeded", "summary") }}\' }';

  test("are started in one turn and give their results in order", () => {
    const child = runbook(
      ["end: { result_json: { hello: '{{inputs.name}}' } }"],
      "inputs: { name: { required: true } }\n",
    ).replace("name: sample", "name: child");
    const driven = drive(
      runbook([FAN_OUT, "end: { result: '{{ children[].summary.hello | join }}' }"], HEAD),
      "Do it",
      {
        tools: {},
        runbooks: { child },
      },
    );
    expectSameAtEveryPrefix(driven);
    expect(driven.turns).toEqual(["start_subtask+start_subtask", "end_task"]);
    expect(driven.subtasks.map(({ instruction }) => instruction)).toEqual([
      'Follow the runbook child with {"name":"a"}\nFor people, a.',
      'Follow the runbook child with {"name":"b"}\nFor people, b.',
    ]);
    expect(driven.result).toBe("a, b");
  });

  test("that fail or are refused stay in the list, and are errors", () => {
    let calls = 0;
    const driven = run(
      [FAN_OUT, RESULT],
      {
        start_subtask: () => {
          if (calls++ % 2 === 1) throw new Error("Too deep.");
          return { task: "t1", title: "Do a", status: "failed", summary: "It broke.", verdict: null };
        },
      },
      HEAD,
    );
    expect(JSON.parse(driven.result)).toEqual([
      { item: "a", status: "failed", succeeded: false, summary: "It broke." },
      { item: "b", status: "refused", succeeded: false, summary: "Too deep." },
    ]);
    const stopping = FAN_OUT.replace("on_error: continue", "on_error: stop");
    // As the host answers: the error is the result of a subtask that failed.
    const failed = '{"task":"t1","title":"Do a","status":"failed","summary":"It broke.","verdict":null}';
    expect(run([stopping, RESULT], { start_subtask: fail(failed) }, HEAD).result).toMatch(
      /“Do a” ended as failed: It broke\./,
    );
    expect(run([stopping, RESULT], { start_subtask: fail("Too deep.") }, HEAD).result).toMatch(
      /“Do a” could not be started: Too deep/,
    );
  });

  test("answered early: the runbook waits, says what it cannot act on, and takes the late results", () => {
    const { next } = converse(runbook([FAN_OUT, RESULT], HEAD));
    const [a, b] = next().calls.map(({ id }) => id) as [string, string];
    const running = (id: string, task: string) => early(id, { status: "running", task });
    const steered = next(running(a, "t1"), running(b, "t2"), user("Please hurry up"));
    expect(steered.calls).toEqual([]);
    expect(steered.reply.stopReason).toBe("stop");
    expect(steered.text).toMatch(/cannot act on this message and continues without it: “Please hurry up”/);
    expect(steered.text).toMatch(/Waits for the subtasks “Do a”, “Do b”/);
    const late = (task: string) =>
      JSON.stringify({ task, title: "x", status: "succeeded", summary: `of ${task}`, verdict: null });
    const half = next(told("subtask_ended", `The subtask t2 ended:\n${late("t2")}`));
    expect(half.calls).toEqual([]);
    expect(half.text).toMatch(/Waits for the subtasks “Do a”\./);
    const end = next(told("subtask_ended", late("t1")));
    expect(JSON.parse(endInput(end.calls).result)).toMatchObject([
      { item: "a", succeeded: true, summary: "of t1" },
      { item: "b", succeeded: true, summary: "of t2" },
    ]);
  });

  test("a subtask's question is passed up, once", () => {
    const { next } = converse(runbook([FAN_OUT, RESULT], HEAD));
    const ids = next().calls.map(({ id }) => id);
    const running = ids.map((id, index) => early(id, { status: "running", task: `t${index}` }));
    const passed = next(
      ...running,
      told("question", 'The subtask t0 asks: Which?\n{"question":"r_7","task":"t0","text":"Which?"}'),
    );
    expect(passed.calls).toMatchObject([{ name: "pass_up", input: { question: "r_7" } }]);
    expect(next(tool(passed.calls[0]?.id ?? "", "passed")).calls).toEqual([]);
  });
});

describe("questions to whoever started the task", () => {
  const STEPS = ["ask: Which?\nsave: reply", "end: { result: '{{reply}}' }"];

  test("an answer as JSON", () => {
    expect(run(STEPS, { ask: () => ({ question: "r_1", answer: "the left one", by: "Ada" }) }).result).toBe(
      "the left one",
    );
  });

  test("an answer that comes later", () => {
    const { next } = converse(runbook(STEPS));
    const asked = next().calls[0]?.id ?? "";
    const waiting = next(early(asked, { status: "waiting", question: "r_1" }), user("Are you there?"));
    expect(waiting.calls).toEqual([]);
    expect(waiting.text).toMatch(/Waits for the answer to its question/);
    const end = next(told("answered", 'Ada answered:\n{"question":"r_1","answer":"the left one"}'));
    expect(endInput(end.calls).result).toBe("the left one");
  });

  test("an answer that only looks like an early one is the answer", () => {
    const waiting = { status: "waiting", question: "r_1" };
    expect(run(STEPS, { ask: () => waiting }).result).toBe(JSON.stringify(waiting));
  });

  test("options stand as a list at the end of the question, where people are offered them", () => {
    const asked: unknown[] = [];
    const answer: FakeTool = ({ question }) => {
      asked.push(question);
      return { answer: "200 ms" };
    };
    const options = "ask: 'How slow is {{task}}?'\noptions:\n  - 200 ms\n  - '{{ 2 + 3 }}00 ms'\nsave: limit";
    expect(run([options, "end: { result: '{{limit}}' }"], { ask: answer }).result).toBe("200 ms");
    expect(asked).toEqual(["How slow is Do it?\n\n- 200 ms\n- 500 ms"]);
    expect(offeredAnswers(String(asked[0]), null)).toEqual(["200 ms", "500 ms"]);
  });

  test("a refusal follows on_error", () => {
    expect(run(STEPS, { ask: fail("Nobody may be asked.") }).result).toMatch(/ask answered: Nobody may be asked/);
  });
});

describe("ending", () => {
  test("a refused end is tried again, then given up as failed, then left", () => {
    const { next } = converse(runbook([END]));
    const statuses: unknown[] = [];
    let calls = next().calls;
    while (calls.length > 0 && statuses.length < 20) {
      statuses.push(endInput(calls).status);
      calls = next(tool(calls[0]?.id ?? "", "Not ended: reasons.", true)).calls;
    }
    expect(statuses).toEqual(["success", "success", "failure", "failure", "failure", "failure"]);
  });

  test("with a failed check the second try is a failure that tells why", () => {
    const { next } = converse(runbook(["check: It holds\nthat: false", END]));
    const first = next().calls[0];
    const second = next(tool(first?.id ?? "", "The check failed.", true));
    expect(second.calls[0]?.input).toMatchObject({
      status: "failure",
      result: expect.stringMatching(/sent back.*The check failed/s),
    });
    expect(checksOf(second.reply)).toHaveLength(1);
  });

  test("a retried task uses other call ids than before", () => {
    const text = runbook(["call: read_file", END]);
    const first = converse(text).next().calls[0]?.id;
    const again = converse(text).next(user("This is attempt 2.")).calls[0]?.id;
    expect(again).not.toBe(first);
  });
});

describe("claims", () => {
  const CLAIMS = [
    "end:",
    "  result: first",
    "  claims:",
    "    - { statement: 'It is {{task}}', command: 'grep {{task}} a', expect: 0 }",
    "    - { statement: It is fine }",
  ].join("\n");
  const REPAIR = [
    `${CLAIMS}\non_error: continue\nsave: back`,
    "call: read_file\nwith: { path: a }",
    "end: { result: 'second after {{ back.verdict.reasons | count }} and {{ errors | count }}' }",
  ];
  const verdict = JSON.stringify({ status: "not ended", verdict: { outcome: "fail", reasons: ["It is not."] } });

  test("an end makes claims with the values of the runbook", () => {
    const { reply, calls } = converse(runbook([CLAIMS])).next();
    expect(calls[0]?.input).toEqual({
      status: "success",
      result: "first",
      claims: [{ statement: "It is Do it", command: "grep Do it a", expect: 0 }, { statement: "It is fine" }],
    });
    // No step follows, so the host need not send it back.
    expect(reply.parts[0]).toMatchObject({ provider: { runbook: { checks: [] } } });
    expect(reply.parts[0]).not.toMatchObject({ provider: { runbook: { repairs: true } } });
  });

  test("an end that was sent back is followed by the steps after it, which end anew", () => {
    const { next, messages } = converse(runbook(REPAIR));
    const first = next();
    expect(first.reply.parts[0]).toMatchObject({ provider: { runbook: { repairs: true } } });
    const repair = next(tool(first.calls[0]?.id ?? "", verdict, true));
    expect(repair.calls.map(({ name }) => name)).toEqual(["read_file"]);
    expect(repair.text).toContain("Step 1, “Part 1”: sent back: It is not.");
    const second = next(tool(repair.calls[0]?.id ?? "", "text"));
    expect(second.calls[0]?.input).toEqual({ status: "success", result: "second after 1 and 1" });
    expect(new Set([first, repair, second].map(({ calls }) => calls[0]?.id)).size).toBe(3);
    // A restart at any moment gives the same replies.
    expectSameAtEveryPrefix({ messages, system: systemPrompt(runbook(REPAIR)), subtasks: [] } as unknown as Driven);
  });

  test("a refusal without a verdict is no reason to repair: the same end is tried again", () => {
    const { next } = converse(runbook(REPAIR));
    const first = next().calls[0];
    const again = next(tool(first?.id ?? "", "Not ended. These subtasks have just ended: t_1.", true)).calls[0];
    expect([again?.name, again?.input]).toEqual(["end_task", first?.input]);
    expect(again?.id).not.toBe(first?.id);
    expect(next(tool(again?.id ?? "", verdict, true)).calls[0]?.name).toBe("read_file");
  });
});

describe("the port", () => {
  const request = (system: string) => ({
    model: "runbook",
    system,
    tools: [],
    messages: [user("Do it")],
    maxOutputTokens: 100,
  });
  const options = () => ({ signal: new AbortController().signal, onDraft: () => {} });

  test("streams its text, costs nothing", async () => {
    const drafts: string[] = [];
    const reply = await runbookModel.respond(request(systemPrompt(runbook([END]))), {
      ...options(),
      onDraft: ({ text }) => drafts.push(text),
    });
    expect(drafts.join("")).toMatch(/^Step 1 of 1: Part 1 \(runbook sample\)\n/);
    expect(reply.usage).toEqual({ inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0 });
    expect(reply.stopReason).toBe("tool_calls");
  });

  test("without a runbook, or with a wrong one, the request can never succeed", async () => {
    await expect(runbookModel.respond(request("Agent: worker"), options())).rejects.toThrow(
      /needs a runbook.*--runbook/,
    );
    const wrong = runbookModel.respond(request(systemPrompt(runbook(["cal: x", END]))), options());
    await expect(wrong).rejects.toThrow(/runbook sample is not valid: line 10: "cal" is not a step verb/);
    await expect(wrong).rejects.toBeInstanceOf(ModelError);
  });

  test("an aborted request is refused with the signal's reason", async () => {
    const signal = AbortSignal.abort(new Error("stopped"));
    await expect(runbookModel.respond(request(""), { signal, onDraft: () => {} })).rejects.toThrow("stopped");
  });
});
