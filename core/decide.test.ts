import { describe, expect, test } from "vitest";
import { ended, endTask, event, given, relatives, reply, response, started, task } from "@/tests/agents/specification";
import type { Letter } from "./facts";
import type { Entry } from "./log/entries";

const steer: Letter = { id: 1, kind: "steer", text: "Faster.", by: "anna" };
const stop: Letter = { id: 2, kind: "stop", status: "stopped", reason: "by_person", detail: "anna: enough" };
const once = { id: "a", tool: "use_terminal", mode: "once" as const };
const repeat = { id: "b", tool: "read_file", mode: "repeat" as const };
const start = (id: string) => ({ id, tool: "start_subtask" });
const failure = (kind: string, tries: number, untilMs: number, parks: boolean) =>
  event(0, { type: "model_failed", kind, message: "It failed.", tries, untilMs, parks });

describe("a task that has just begun", () => {
  test("calls the model", () => given(task()).when().decides({ kind: "call_model" }));

  test("ends when it has no model and no runbook", () =>
    given(task({ model: "runbook" }))
      .when()
      .decides({ kind: "end", status: "failed", reason: "no_model" }));

  test("rests while it is paused", () =>
    given(task()).when({ held: true }).decides({ kind: "rest", waits: null, parkedUntilMs: null }));

  test("ends when it is stopped, even while it is paused", () =>
    given(task())
      .when({ held: true, letters: [steer, stop] })
      .decides({ kind: "end", status: "stopped", reason: "by_person", detail: "anna: enough" }));

  test("ends when the grant is used up", () =>
    given(task())
      .when({ exhausted: { why: "All is spent." } })
      .decides({ kind: "end", status: "failed", reason: "out_of_grant", detail: "All is spent." }));

  test("takes only as many turns as steps allow", () => {
    const log = given(task({}, { stepping: "manual" }));
    log.when({ turnsAllowed: 0 }).decides({ kind: "rest", step: true });
    log.when({ turnsAllowed: 1 }).decides({ kind: "call_model" });
  });

  test("reads what a person says before it calls the model", () =>
    given(task())
      .when({ letters: [steer] })
      .decides({ kind: "note", letters: [1], entries: [{ kind: "steer", content: { text: "Faster.", by: "anna" } }] }));
});

describe("predecessors", () => {
  const dependent = task({}, { dependsOn: ["first", "second"] });

  test("are waited for", () =>
    given(dependent)
      .when({ relatives: relatives({ first: {}, second: null }) })
      .decides({ kind: "rest", waits: { kind: "predecessors", tasks: ["second"], reviews: [] } }));

  test("are read when all have succeeded", () =>
    given(dependent)
      .when({ relatives: relatives({ first: { summary: "One." }, second: { summary: "Two." } }) })
      .decides({
        kind: "note",
        entries: [
          {
            content: {
              type: "predecessors_ended",
              results: [
                { task: "first", summary: "One." },
                { task: "second", summary: "Two." },
              ],
            },
          },
        ],
      }));

  test.each(["failed", "stopped"] as const)(
    "stop their dependents when one has %s, even while another still runs",
    (status) =>
      given(dependent)
        .when({ relatives: relatives({ first: null, second: { status } }) })
        .decides({ kind: "end", status: "stopped", reason: "dependency_failed" }),
  );

  test("do not delay the reading of a message, which would wake the task forever", () =>
    given(dependent)
      .when({ letters: [steer], relatives: relatives({ first: null, second: null }) })
      .decides({ kind: "note", letters: [1] }));
});

describe("calls on the world", () => {
  test("run in the order given", () =>
    given(task(), reply(1, repeat, once))
      .when()
      .decides({ kind: "run_tool", call: { id: "b" } }));

  test("are marked first when they may run only once", () =>
    given(task(), reply(1, once))
      .when({ lease: 7 })
      .decides({ kind: "note", entries: [{ content: { type: "call_started", call: "a", lease: 7 } }] }));

  test("run under the lease of their mark", () =>
    given(task(), reply(1, once), event(1, { type: "call_started", call: "a", lease: 7 }))
      .when({ lease: 7 })
      .decides({ kind: "run_tool", call: { id: "a" } }));

  test("count as interrupted under any other lease", () =>
    given(task(), reply(1, once), event(1, { type: "call_started", call: "a", lease: 7 }))
      .when({ lease: 8 })
      .decides({
        kind: "note",
        entries: [
          {
            kind: "tool_response",
            callId: "a",
            content: { isError: true, text: expect.stringContaining("outcome is unknown") },
          },
        ],
      }));

  const asked = [
    event(1, { type: "call_started", call: "a", lease: 7 }),
    event(1, { type: "call_asked", call: "a", review: "r", key: "k", what: "permission", untilMs: null }),
    event(1, { type: "call_set_aside", call: "a" }),
  ];
  const answered = event(1, { type: "call_answered", review: "r", approved: true, by: "anna", answer: null });

  test("rest while a person is asked, and go on with the answer", () => {
    given(task(), reply(1, { ...once, resumes: true }), ...asked)
      .when({ lease: 7 })
      .decides({ kind: "rest", waits: { kind: "approval", reviews: ["r"] } });
    given(task(), reply(1, { ...once, resumes: true }), ...asked, answered)
      .when({ lease: 7 })
      .decides({ kind: "note", entries: [{ content: { type: "call_started", call: "a", lease: 7 } }] });
  });

  test("lose what they asked when the task begins again", () =>
    given(task(), reply(1, { ...once, resumes: true }), ...asked)
      .when({ lease: 7, letters: [{ id: 4, kind: "restart", text: "Again.", by: "supervisor" }] })
      .decides({ kind: "note", letters: [4], reviewChanges: [{ uid: "r", withdraw: true }] }));

  test("that cannot go on do not run again, although their answer came while they were ended", () =>
    given(task(), reply(1, once), ...asked, answered)
      .when({ lease: 7 })
      .decides({ kind: "note", entries: [{ kind: "tool_response", callId: "a", content: { isError: true } }] }));

  test("run again after a crash when repeating is allowed", () =>
    given(task(), reply(1, repeat))
      .when({ lease: 9 })
      .decides({ kind: "run_tool", call: { id: "b" } }));

  test("are answered before all others when they are invalid", () =>
    given(task(), reply(1, once, { id: "x", tool: "no", mode: "invalid", problem: "There is no tool no." }))
      .when()
      .decides({
        kind: "note",
        entries: [{ callId: "x", content: { text: "There is no tool no.", isError: true } }],
      }));

  test("run before calls on the tree, whatever their order", () =>
    given(task(), reply(1, start("s"), repeat))
      .when()
      .decides({ kind: "run_tool", call: { id: "b" } }));
});

describe("calls on the tree", () => {
  const two = [task(), reply(1, start("s1"), start("s2"))];
  const begun = [...two, started(1, "s1", "child1"), started(1, "s2", "child2")];

  test("are settled together", () =>
    given(...two)
      .when()
      .decides({ kind: "settle", calls: [{ id: "s1" }, { id: "s2" }] }));

  test("wait for all subtasks of the turn", () =>
    given(...begun)
      .when({ relatives: relatives({ child1: {}, child2: null }) })
      .decides({ kind: "rest", waits: { kind: "subtasks", tasks: ["child2"], reviews: [] } }));

  test("are answered together in the order of the calls, including a failure", () =>
    given(...begun)
      .when({ relatives: relatives({ child2: {}, child1: { status: "failed", reason: "refused" } }) })
      .decides({
        kind: "note",
        entries: [
          { callId: "s1", content: { isError: true } },
          { callId: "s2", content: { isError: false } },
        ],
      }));

  test("are answered early when a person steers, and the steer follows", () =>
    given(...begun)
      .when({ letters: [steer], relatives: relatives({ child1: null, child2: null }) })
      .decides({
        kind: "note",
        entries: [
          { callId: "s1", content: { early: true } },
          { callId: "s2", content: { early: true } },
          { kind: "steer" },
        ],
      }));

  test("wait for an answer, together with the subtasks", () =>
    given(
      task(),
      reply(1, start("s1"), { id: "q", tool: "ask" }),
      started(1, "s1", "child1"),
      event(1, { type: "asked", call: "q", review: "rev" }),
    )
      .when({ relatives: relatives({ child1: null }) })
      .decides({ kind: "rest", waits: { kind: "answer", tasks: ["child1"], reviews: ["rev"] } }));

  test("return a plan whole", () =>
    given(task(), reply(1, { id: "p", tool: "break_down_task" }), started(1, "p", "plan"))
      .when({ relatives: relatives({ plan: { result: "1. First" } }) })
      .decides({
        kind: "note",
        entries: [{ callId: "p", content: { text: expect.stringContaining('"plan":"1. First"') } }],
      }));

  test("wait_for_subtasks waits for the named subtasks and returns only their states", () => {
    const log = given(
      ...begun,
      response(1, "s1", "start_subtask", { early: true }),
      response(1, "s2", "start_subtask", { early: true }),
      reply(2, { id: "w", tool: "wait_for_subtasks", input: { tasks: ["child2"] } }),
    );
    log
      .when({ relatives: relatives({ child1: null, child2: null }) })
      .decides({ kind: "rest", waits: { tasks: ["child2"] } });
    log.when({ relatives: relatives({ child1: null, child2: {} }) }).decides({
      kind: "note",
      entries: [
        {
          callId: "w",
          content: {
            text: '{"subtasks":[{"task":"child1","title":"The child1","status":"running"},{"task":"child2","title":"The child2","status":"succeeded"}]}',
          },
        },
      ],
    });
  });
});

describe("results that come late", () => {
  const early = [
    task(),
    reply(1, start("s")),
    started(1, "s", "child"),
    response(1, "s", "start_subtask", { early: true }),
  ];

  test("are read as an event before the model speaks again", () =>
    given(...early)
      .when({ relatives: relatives({ child: { summary: "Found." } }) })
      .decides({
        kind: "note",
        entries: [{ content: { type: "subtask_ended", result: { task: "child", summary: "Found." } } }],
      }));

  test("are waited for by a reply without a call", () =>
    given(...early, reply(2))
      .when({ relatives: relatives({ child: null }) })
      .decides({ kind: "rest", waits: { kind: "subtasks", tasks: ["child"] } }));

  test("do not delay the next model call", () =>
    given(...early)
      .when({ relatives: relatives({ child: null }) })
      .decides({ kind: "call_model" }));
});

describe("a reply without a call", () => {
  test("is corrected", () =>
    given(task(), reply(1))
      .when()
      .decides({ kind: "note", entries: [{ content: { type: "correction" } }] }));

  test("fails the task the third time", () => {
    const correction = (turn: number) => event(turn, { type: "correction", text: "Call a tool." });
    given(task(), reply(1), correction(1), reply(2), correction(2), reply(3))
      .when()
      .decides({ kind: "end", reason: "invalid_replies" });
  });

  describe("the third time, when a person's words came meanwhile", () => {
    const correction = (turn: number) => event(turn, { type: "correction", text: "Call a tool." });
    const invalid = { id: "bad", tool: "no_such", mode: "invalid" as const, problem: "There is no such tool." };
    const log = [task(), reply(1), correction(1), reply(2), correction(2), reply(3, invalid)].flat();
    const change: Letter = {
      id: 3,
      kind: "change",
      by: "anna",
      setup: { model: "openai/other" },
      text: "Another model.",
    };
    const changed = event(3, { type: "changed", by: "anna", setup: change.setup, text: change.text });
    const words: Entry = { kind: "steer", turn: 3, content: { text: steer.text, by: steer.by } };

    test.each([
      [steer, words],
      [change, changed],
    ])("reads the words and takes another turn", (letter, entry) => {
      given(log)
        .when({ letters: [letter] })
        .decides({ kind: "note", entries: [{ kind: "tool_response", callId: "bad" }] });
      const answered = [...log, response(3, "bad", "no_such", { isError: true })];
      given(answered)
        .when({ letters: [letter] })
        .decides({ kind: "note", letters: [letter.id] });
      given([...answered, entry])
        .when()
        .decides({ kind: "call_model" });
    });

    test("ends when nothing but its priority was changed", () => {
      const answered = [...log, response(3, "bad", "no_such", { isError: true })];
      given([...answered, event(3, { type: "changed", by: "anna", setup: {}, text: "" })])
        .when()
        .decides({ kind: "end", reason: "invalid_replies" });
    });
  });

  test("waits for an answer that is still open", () =>
    given(
      task(),
      reply(1, { id: "q", tool: "ask" }),
      event(1, { type: "asked", call: "q", review: "rev" }),
      response(1, "q", "ask", { early: true }),
      reply(2),
    )
      .when()
      .decides({ kind: "rest", waits: { kind: "answer", reviews: ["rev"] } }));

  test("does not wait for the answer to a question of the previous attempt", () =>
    given(
      task(),
      reply(1, { id: "q", tool: "ask" }),
      event(1, { type: "asked", call: "q", review: "rev" }),
      response(1, "q", "ask", { early: true }),
      ended(1, { status: "stopped", reason: "by_person" }),
      event(1, { type: "retried", attempt: 2, by: "anna", text: "Again." }),
      reply(2),
    )
      .when()
      .decides({ kind: "note", entries: [{ content: { type: "correction" } }] }));
});

describe("a model that fails", () => {
  test("is tried again after a back-off", () =>
    given(task(), failure("retry", 1, 1_500, false))
      .when()
      .decides({ kind: "call_model" }));

  test("parks the task for a longer back-off", () => {
    const log = given(task(), failure("quota", 0, 9_000, true));
    log.when({ nowMs: 8_999 }).decides({ kind: "rest", waits: null, parkedUntilMs: 9_000 });
    log.when({ nowMs: 9_000 }).decides({ kind: "call_model" });
  });

  test.each(["refused", "bad_request", "no_key"])("ends the task: %s", (kind) =>
    given(task(), failure(kind, 1, 0, false))
      .when()
      .decides({ kind: "end", status: "failed", reason: kind, detail: "It failed." }),
  );

  test.each([
    ["retry", "model_error"],
    ["timeout", "timeout"],
  ])("ends the task after its last try: %s", (kind, reason) =>
    given(task(), failure(kind, 10, 0, false))
      .when()
      .decides({ kind: "end", reason }),
  );

  test("is forgotten with the next reply", () =>
    given(
      task(),
      failure("retry", 9, 0, false),
      reply(1, repeat),
      response(1, "b", "read_file"),
      failure("retry", 1, 0, false),
    )
      .when()
      .decides({ kind: "call_model" }));
});

describe("a conversation that is too long", () => {
  const long = [
    task(),
    ...[1, 2, 3].flatMap((turn) => [
      reply(turn, { ...repeat, id: `b${turn}` }),
      response(turn, `b${turn}`, "read_file"),
    ]),
  ];

  test("is compacted when the provider says so", () =>
    given(...long, event(3, { type: "too_long", message: "Too long." }))
      .when()
      .decides({ kind: "compact" }));

  test("is compacted when it nears the limit", () =>
    given(...long)
      .when({ limits: { contextTokens: 130, maxOutputTokens: 20 } as never })
      .decides({ kind: "compact" }));

  test("ends the task when nothing can be dropped", () =>
    given(task(), event(0, { type: "too_long", message: "Too long." }))
      .when()
      .decides({ kind: "end", reason: "bad_request" }));
});

describe("agent_selector", () => {
  const selector = task({ agent: "agent_selector" });
  const begun = [selector, reply(1, start("s")), started(1, "s", "chosen")];

  test("waits for the task that it chose", () =>
    given(...begun)
      .when({ relatives: relatives({ chosen: null }) })
      .decides({ kind: "rest", waits: { kind: "subtasks", tasks: ["chosen"] } }));

  test("ends as that task ended, without another call", () => {
    const verdict = { outcome: "pass" as const, reasons: [], claims: [] };
    given(...begun)
      .when({ relatives: relatives({ chosen: { result: "R", summary: "S", verdict } }) })
      .decides({ kind: "end", status: "succeeded", result: "R", summary: "S", verdict });
    given(...begun)
      .when({ relatives: relatives({ chosen: { status: "failed", reason: "refused" } }) })
      .decides({ kind: "end", status: "failed", reason: "refused" });
  });

  test("waits again after a steer", () =>
    given(...begun, response(1, "s", "start_subtask", { early: true }), {
      kind: "steer",
      turn: 1,
      content: { text: "x", by: "anna" },
    })
      .when({ relatives: relatives({ chosen: null }) })
      .decides({ kind: "rest", waits: { tasks: ["chosen"] } }));
});

describe("a task that has ended", () => {
  test("does nothing more, whatever happens", () =>
    given(
      task(),
      reply(1, endTask()),
      event(1, { type: "ending", call: "end", status: "success", claims: [], result: "" }),
      response(1, "end", "end_task"),
      ended(1),
    )
      .when({ letters: [stop, steer], exhausted: { why: "Spent." } })
      .decides({ kind: "rest", waits: null }));

  test("restarts only with a retry", () =>
    given(
      task(),
      ended(0, { status: "stopped" }),
      event(0, { type: "retried", attempt: 2, by: "anna", text: "Again." }),
    )
      .when()
      .decides({ kind: "call_model" }));
});
