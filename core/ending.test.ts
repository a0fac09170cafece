import { describe, expect, test } from "vitest";
import {
  ended,
  ending,
  endTask,
  event,
  factsOf,
  finishing,
  given,
  relatives,
  reply,
  response,
  started,
  task,
} from "@/tests/agents/specification";
import { decide } from "./decide";
import { decideEnding, finishingStarts, SUMMARY_CHARS, shortened } from "./ending";
import { fold } from "./evolve";
import type { FilesMerged } from "./log/entries";
import type { ClaimMark } from "./log/terms";

const ALL = { finishing: { evaluate: "always", summarize: "always", document: "always" } } as const;
const AUTO = { finishing: { evaluate: "auto", summarize: "auto", document: "auto" } } as const;
const open = [reply(1, endTask()), ending(1)];
const judged = [task(ALL), ...open, finishing(1, "end", "evaluate", "summarize", "document")];
const verdict = (outcome: string) => ({ result: JSON.stringify({ outcome, reasons: ["So it is."] }) });

describe("finishingStarts returns", () => {
  const purposes = (...log: Parameters<typeof given>) =>
    finishingStarts(given(...log).state()).map((start) => start.purpose);
  const changed = [reply(1, { id: "a", tool: "use_terminal", mode: "once" }), response(1, "a", "use_terminal")];
  const read = [reply(1, { id: "a", tool: "read_file", mode: "repeat" }), response(1, "a", "read_file")];
  const endLater = [reply(2, endTask()), ending(2)];

  test("all tasks that the agent's setting asks for", () =>
    expect(purposes(task(ALL), ...open)).toEqual(["evaluate", "summarize", "document"]));
  test("none with the setting never", () => expect(purposes(task(), ...open)).toEqual([]));
  test("for a root: an evaluator and documentation", () =>
    expect(purposes(task(AUTO), ...read, ...endLater)).toEqual(["evaluate", "document"]));
  test("for a root that took one reply: nothing was learned that could be documented", () => {
    expect(purposes(task(AUTO), ...open)).toEqual(["evaluate"]);
    const again = [ended(2), event(2, { type: "retried", attempt: 2, by: "anna", text: "Again." })];
    expect(purposes(task(AUTO), ...read, ...again, reply(3, endTask()), ending(3))).toEqual(["evaluate"]);
  });
  test("the task that agent_selector chose counts as the root", () =>
    expect(purposes(task(AUTO, { depth: 1, chosen: true }), ...read, ...endLater)).toEqual(["evaluate", "document"]));
  test("for a subtask: none by default", () => expect(purposes(task(AUTO, { depth: 1 }), ...open)).toEqual([]));
  test("for a subtask that changed something", () =>
    expect(purposes(task(AUTO, { depth: 1 }), ...changed, ...endLater)).toEqual(["evaluate", "document"]));
  test("for a subtask with claims: an evaluator", () =>
    expect(
      purposes(task(AUTO, { depth: 1 }), reply(1, endTask()), ending(1, { claims: [{ statement: "It is." }] })),
    ).toEqual(["evaluate"]));
  test("for a long result: a summary", () =>
    expect(purposes(task(AUTO, { depth: 1 }), reply(1, endTask()), ending(1, { result: "x".repeat(2_001) }))).toEqual([
      "summarize",
    ]));
  test.each([
    ["a finishing task", task(ALL, { role: "finishing" })],
    ["agent_selector", task({ ...ALL, agent: "agent_selector" })],
    ["task_breakdown", task({ ...ALL, agent: "task_breakdown" })],
    ["a runbook", task({ ...ALL, model: "runbook", runbook: { name: "r", version: 1 } })],
  ])("none for %s", (_, begin) => expect(purposes(begin, ...open)).toEqual([]));
});

test("the evaluator does not judge its own work", () => {
  const begin = task({ ...ALL, agent: "task_evaluator" });
  expect(finishingStarts(given(begin, ...open).state()).map((start) => start.purpose)).toEqual([
    "summarize",
    "document",
  ]);
  const alone = task({
    agent: "task_evaluator",
    finishing: { evaluate: "always", summarize: "never", document: "never" },
  });
  given(alone, ...open)
    .when()
    .decides({
      kind: "end",
      verdict: { outcome: "unjudged", reasons: ["The evaluator does not judge its own work."] },
    });
});

describe("end_task", () => {
  test("starts finishing tasks once", () => {
    given(task(ALL), ...open)
      .when()
      .decides({
        kind: "start_finishing",
        starts: [{ purpose: "evaluate" }, { purpose: "summarize" }, { purpose: "document" }],
      });
    given(...judged)
      .when({ relatives: relatives({ evaluate: null, summarize: null, document: null }) })
      .decides({ kind: "rest", waits: { kind: "finishing", tasks: ["evaluate"] } });
  });

  test("ends unjudged without an evaluator", () =>
    given(task(), ...open)
      .when()
      .decides({
        kind: "end",
        status: "succeeded",
        reason: null,
        result: "Done.",
        summary: "Done.",
        verdict: { outcome: "unjudged" },
        response: expect.stringContaining('"status":"ended"'),
      }));

  test("waits for verdict and summary but not for documentation", () => {
    const passed = relatives({ evaluate: verdict("pass"), summarize: null, document: null });
    given(...judged)
      .when({ relatives: passed })
      .decides({ kind: "rest", waits: { kind: "finishing", tasks: ["summarize"] } });
    const both = relatives({ evaluate: verdict("pass"), summarize: { result: "In short." }, document: null });
    given(...judged)
      .when({ relatives: both })
      .decides({
        kind: "end",
        status: "succeeded",
        summary: "In short.",
        verdict: { outcome: "pass", reasons: ["So it is."] },
      });
  });

  test("is sent back by a failed verdict immediately, and the other finishing tasks are stopped", () =>
    given(...judged)
      .when({ relatives: relatives({ evaluate: verdict("fail"), summarize: null, document: null }) })
      .decides({
        kind: "note",
        stopTasks: ["summarize", "document"],
        entries: [
          { content: { type: "sent_back", call: "end" } },
          { callId: "end", content: { isError: true, text: expect.stringContaining('"tries_left":2') } },
        ],
      }));

  test("fails the task with the third failed verdict", () => {
    const tries = [1, 2].flatMap((turn) => [
      reply(turn, endTask(`end${turn}`)),
      ending(turn, { call: `end${turn}` }),
      event(turn, { type: "sent_back", call: `end${turn}`, reasons: [] }),
      response(turn, `end${turn}`, "end_task"),
    ]);
    given(task(ALL), ...tries, reply(3, endTask()), ending(3), finishing(3, "end", "evaluate"))
      .when({ relatives: relatives({ evaluate: verdict("fail") }) })
      .decides({
        kind: "end",
        status: "failed",
        reason: "judged_failed",
        detail: "So it is.",
        verdict: { outcome: "fail" },
      });
  });

  test("is unjudged when the evaluator failed, and shortens the result when the summary failed", () =>
    given(
      task(ALL),
      reply(1, endTask()),
      ending(1, { result: "x".repeat(5_000) }),
      finishing(1, "end", "evaluate", "summarize"),
    )
      .when({ relatives: relatives({ evaluate: { status: "failed" }, summarize: { status: "stopped" } }) })
      .decides({
        kind: "end",
        status: "succeeded",
        summary: shortened("x".repeat(5_000)),
        verdict: { outcome: "unjudged" },
      }));

  test("with failure is not judged", () =>
    given(task(ALL), reply(1, endTask()), ending(1, { status: "failure", result: "No way." }))
      .when()
      .decides({
        kind: "end",
        status: "failed",
        reason: "by_agent",
        result: "No way.",
        verdict: null,
      }));

  test("is called off by a steer, and does not count as a try", () => {
    const letters = [{ id: 1, kind: "steer" as const, text: "Wait.", by: "anna" }];
    const log = given(...judged);
    log.when({ letters, relatives: relatives({ evaluate: {}, summarize: null, document: null }) }).decides({
      kind: "note",
      letters: [1],
      stopTasks: ["summarize", "document"],
      entries: [{ callId: "end", content: { text: '{"status":"not ended"}', early: true } }, { kind: "steer" }],
    });
    expect(log.state().failedEndings).toBe(0);
  });
});

describe("claims", () => {
  const claim = { statement: "It is.", command: "true" };
  const mark = (marked: Partial<ClaimMark>) => ({
    ...claim,
    mark: "neither" as const,
    exit_status: null,
    output: null,
    ...marked,
  });
  const claiming = [reply(1, endTask()), ending(1, { claims: [claim] })];
  const checked = (...marks: ClaimMark[]) => event(1, { type: "claims_checked", call: "end", marks });

  test("are checked before the evaluation", () =>
    expect(decideEnding(fold([...task(ALL), ...claiming.flat()]), factsOf())).toEqual({ kind: "check_claims" }));
  test("that pass let the finishing tasks start", () =>
    expect(
      decideEnding(fold([...task(ALL), ...claiming.flat(), checked(mark({ mark: "shown" }))]), factsOf()).kind,
    ).toBe("start_finishing"));
  test("that fail send the ending back without an evaluation", () =>
    expect(
      decideEnding(fold([...task(ALL), ...claiming.flat(), checked(mark({ mark: "failed" }))]), factsOf()),
    ).toMatchObject({
      kind: "note",
      entries: [{ content: { type: "sent_back" } }, { kind: "tool_response" }],
    }));
  test("without evidence never make a verdict by themselves", () =>
    expect(decideEnding(fold([...task(), ...claiming.flat(), checked(mark({}))]), factsOf())).toMatchObject({
      kind: "end",
      verdict: { outcome: "unjudged", claims: [{ statement: "It is.", mark: "neither" }] },
    }));
});

describe("a runbook is judged only by its own checks and claims", () => {
  const runbook = task({ model: "runbook", runbook: { name: "r", version: 1 } });
  const checked = (...checks: { statement: string; passed: boolean }[]) => {
    const [said, ...calls] = reply(1, endTask());
    if (said?.kind !== "agent_response") throw new Error("A reply begins with the reply.");
    said.content.parts.push({ type: "text", text: "", provider: { runbook: { checks } } });
    return [runbook, said, ...calls, ending(1)];
  };

  test("passes when all checks pass", () =>
    given(...checked({ statement: "A", passed: true }))
      .when()
      .decides({ kind: "end", status: "succeeded", verdict: { outcome: "pass", reasons: ["Passed: A"] } }));
  test("fails without another try when one fails, because a retry would do the same", () =>
    given(...checked({ statement: "A", passed: true }, { statement: "B", passed: false }))
      .when()
      .decides({
        kind: "end",
        status: "failed",
        reason: "judged_failed",
        verdict: { reasons: ["Failed: B"] },
      }));
  const claim = { statement: "It is.", command: "true" };
  const claimed = (mark: "shown" | "failed", told: object = {}) => {
    const [said, ...calls] = reply(1, endTask());
    if (said?.kind !== "agent_response") throw new Error("A reply begins with the reply.");
    said.content.parts.push({ type: "text", text: "", provider: { runbook: { checks: [], ...told } } });
    const marks: ClaimMark[] = [{ ...claim, mark, exit_status: mark === "shown" ? 0 : 1, output: "" }];
    const marked = event(1, { type: "claims_checked", call: "end", marks });
    return [runbook, said, ...calls, ending(1, { claims: [claim] }), marked];
  };
  test("passes without checks when a command showed every claim", () =>
    given(...claimed("shown"))
      .when()
      .decides({ kind: "end", status: "succeeded", verdict: { outcome: "pass", claims: [{ mark: "shown" }] } }));
  test("fails at once with a failed claim that no step repairs", () =>
    given(...claimed("failed"))
      .when()
      .decides({ kind: "end", status: "failed", reason: "claims_failed" }));
  test("goes on with a failed claim when later steps can repair it", () =>
    given(...claimed("failed", { repairs: true }))
      .when()
      .decides({ kind: "note", entries: [{ content: { type: "sent_back" } }, { kind: "tool_response" }] }));
  test("is unjudged without checks", () =>
    given(...checked())
      .when()
      .decides({ kind: "end", verdict: { outcome: "unjudged" } }));
});

test("a summary is never longer than its limit", () => {
  expect(shortened("x".repeat(SUMMARY_CHARS))).toHaveLength(SUMMARY_CHARS);
  expect(shortened("x".repeat(SUMMARY_CHARS + 1))).toHaveLength(SUMMARY_CHARS);
});

test("an ended task keeps its end", () => {
  expect(given(task(), ended(0, { status: "failed", reason: "refused", detail: "No." })).state().ended).toMatchObject({
    reason: "refused",
    detail: "No.",
  });
});

describe("an own folder", () => {
  const own = task({}, { workspace: "own", folder: "it" });
  const merged = (more: Partial<FilesMerged> = {}) =>
    event(1, {
      type: "files_merged",
      into: null,
      commit: "c",
      theirs: "d",
      changed: 3,
      conflicts: [],
      copies: null,
      ...more,
    });

  test("is merged before the task ends with success, and only then", () => {
    given(own, ...open)
      .when()
      .decides({ kind: "merge_files" });
    given(own, ...open, merged())
      .when()
      .decides({ kind: "end", status: "succeeded", summary: "Done." });
    given(own, reply(1, endTask()), ending(1, { status: "failure" }))
      .when()
      .decides({ kind: "end", status: "failed" });
    given(task(), ...open)
      .when()
      .decides({ kind: "end", status: "succeeded" });
  });

  test("a stop or message before the merge comes first; a task that then continues merges again", () => {
    const stop = { id: 1, kind: "stop", status: "stopped", reason: "by_person", detail: "Enough." } as const;
    given(own, ...open)
      .when({ letters: [stop] })
      .decides({ kind: "end", status: "stopped" });
    given(own, ...open, merged())
      .when({ letters: [{ id: 1, kind: "steer", text: "More.", by: "anna" }] })
      .decides({ kind: "note" });
    given(own, ...open, merged(), response(1, "end", "end_task"), reply(2, endTask()), ending(2))
      .when()
      .decides({ kind: "merge_files" });
  });

  test("once it is merged, the task succeeds even when its time is up", () => {
    const facts = { exhausted: "Its time of 1 minute is up." };
    given(own, ...open)
      .when(facts)
      .decides({ kind: "end", status: "failed", reason: "out_of_grant" });
    given(own, ...open, merged())
      .when(facts)
      .decides({ kind: "end", status: "succeeded" });
    given(own, ...open, merged(), response(1, "end", "end_task"))
      .when(facts)
      .decides({ kind: "end", status: "failed" });
  });

  test("the parent reads with the result what was not merged", () => {
    const told = (more: Partial<FilesMerged>) => {
      const decision = decide(given(own, ...open, merged(more)).state(), factsOf());
      return decision.kind === "end" ? [decision.result, decision.summary] : [];
    };
    expect(told({ conflicts: ["a", "b"], copies: ".banyan-conflicts/x" })).toEqual([
      "Done.",
      `Done.\n\nThis subtask's changes in its own folder were NOT merged into yours, because both folders changed the same paths: "a", "b". Its versions of all 3 paths that it changed are in your folder under ".banyan-conflicts/x" (it deleted the paths that are missing there): take over what is right, then delete that folder.`,
    ]);
    expect(told({ git: true, conflicts: ["a"], copies: "x" })[1]).toContain(
      "Its versions of all 3 paths that it changed and of its git repository are in your folder",
    );
    expect(told({ problem: "The disk is full." })[1]).toContain("NOT merged into yours (The disk is full.).");
    expect(told({ skipped: 2 })[1]).toMatch(/^Done\.\n\n2 paths of this subtask's own folder were not copied/);
    const many = Array.from({ length: 25 }, (_, index) => `f${index}`);
    expect(told({ conflicts: many, problem: "no" })[1]).toMatch(
      /\(no\): "f0", .*"f19", and 5 more\. Its versions could not/,
    );
  });

  test("of agent_selector is merged when the chosen task has ended, too", () => {
    const selector = task({ agent: "agent_selector" }, { workspace: "own", folder: "it" });
    const call = { id: "a", tool: "start_subtask", input: {} };
    given(selector, reply(1, call), started(1, "a", "chosen"))
      .when({ relatives: relatives({ chosen: {} }) })
      .decides({ kind: "merge_files" });
  });
});
