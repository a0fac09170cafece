import { expect, test } from "vitest";
import { artifactsOf, shownTask, stateOf, statusOf } from "./a2a-task";
import { isAccepted, mediaTypeOf } from "./parts";
import type { A2aTask } from "./records";

const tree: NonNullable<A2aTask["tree"]> = {
  rootTask: "root",
  status: "running",
  reason: null,
  detail: null,
  turns: 3,
  tasks: 1,
  endedTasks: 0,
  workingSinceMs: 2_000,
  endedAtMs: null,
};
const given: A2aTask = {
  id: "t1",
  context: "c1",
  refused: null,
  accepts: null,
  ended: null,
  createdAtMs: 1_000,
  tree,
  question: null,
};
const of = (more: Partial<NonNullable<A2aTask["tree"]>>): A2aTask => ({ ...given, tree: { ...tree, ...more } });
const saying = (task: A2aTask) => {
  const { state, message } = statusOf(task);
  return [state, (message?.parts[0] as { text: string } | undefined)?.text];
};

test.each<[string, A2aTask, unknown[]]>([
  ["before its first turn", of({ status: "ready", turns: 0 }), ["TASK_STATE_SUBMITTED", undefined]],
  ["before its tree is there", { ...given, tree: null }, ["TASK_STATE_SUBMITTED", undefined]],
  ["at work", given, ["TASK_STATE_WORKING", undefined]],
  ["with subtasks", of({ tasks: 7, endedTasks: 3 }), ["TASK_STATE_WORKING", "3 of 7 tasks have ended."]],
  // Who has to allow what is nobody's business outside.
  ["waiting for an approval", of({ status: "waiting" }), ["TASK_STATE_WORKING", undefined]],
  ["paused", of({ status: "paused" }), ["TASK_STATE_WORKING", "The task is paused."]],
  ["parked", of({ status: "parked" }), ["TASK_STATE_WORKING", "The task waits for its model provider or a limit."]],
  [
    "with a question",
    { ...given, question: { id: "q1", text: "Which colour?", atMs: 3_000 } },
    ["TASK_STATE_INPUT_REQUIRED", "Which colour?"],
  ],
  ["succeeded", of({ status: "succeeded", endedAtMs: 4_000 }), ["TASK_STATE_COMPLETED", undefined]],
  [
    "failed",
    of({ status: "failed", reason: "timeout", detail: "after 300 s", endedAtMs: 4_000 }),
    ["TASK_STATE_FAILED", "The task ran longer than its time allows. after 300 s."],
  ],
  ["stopped", of({ status: "stopped", endedAtMs: 4_000 }), ["TASK_STATE_CANCELED", "The task was stopped."]],
  [
    "refused",
    { ...given, tree: null, refused: "There is no agent x." },
    ["TASK_STATE_REJECTED", "There is no agent x."],
  ],
])("a task %s", (_, task, expected) => {
  expect(saying(task)).toEqual(expected);
});

test("an end that was told stays, whatever the tree does now", () => {
  const ended = { status: "succeeded", reason: null, detail: null, result: "Blue.", atMs: 4_000 } as const;
  const task = { ...given, ended };
  expect([stateOf(task), statusOf(task).timestamp]).toEqual(["TASK_STATE_COMPLETED", new Date(4_000).toISOString()]);
  expect(artifactsOf(task, "Red.")).toMatchObject([{ parts: [{ text: "Blue." }] }]);
});

test("the history is in the order of time, with the ids of the task; emptied messages are left out", () => {
  const message = (messageId: string, atMs: number, body = { messageId, role: "ROLE_USER", parts: [] }) => {
    return { messageId, task: "t1", hash: "", body: body && JSON.stringify(body), question: null, isDone: true, atMs };
  };
  const messages = [message("m1", 1_000), { ...message("m2", 2_000), body: "" }, message("m3", 4_000)];
  const { history } = shownTask(given, {
    result: null,
    files: [],
    messages,
    questions: [{ id: "q1", text: "Which colour?", atMs: 3_000 }],
  });
  expect(history?.map(({ messageId, contextId, taskId }) => [messageId, contextId, taskId])).toEqual([
    ["m1", "c1", "t1"],
    ["q1", "c1", "t1"],
    ["m3", "c1", "t1"],
  ]);
});

test("questions that are asked after a told end, when a person goes on, stay inside", () => {
  const ended = { status: "succeeded", reason: null, detail: null, result: "Blue.", atMs: 4_000 } as const;
  const questions = [
    { id: "q1", text: "Which colour?", atMs: 3_000 },
    { id: "q2", text: "Is this key the right one?", atMs: 5_000 },
  ];
  const told = { result: null, files: [], messages: [], questions };
  const asked = (task: A2aTask) => shownTask(task, told).history?.map(({ messageId }) => messageId);
  expect(asked({ ...given, ended })).toEqual(["q1"]);
  expect(asked(given)).toEqual(["q1", "q2"]);
});

test.each<[string, string, readonly string[] | null, unknown]>([
  ["an object", '{"faults": [1]}', null, { faults: [1] }],
  ["a list", " [1, 2]\n", null, [1, 2]],
  ["a block of JSON", '```json\n{"faults": 0}\n```', null, { faults: 0 }],
  ["words around a block", 'Here:\n```json\n{"faults": 0}\n```', null, undefined],
  ["a number", "7", null, undefined],
  ["broken JSON", '{"faults":', null, undefined],
  ["very deep JSON", `${"[".repeat(100_000)}${"]".repeat(100_000)}`, null, undefined],
  ["an object, for an agent that reads text", "{}", ["text/plain"], undefined],
  ["an object, for an agent that reads everything", "{}", ["*/*"], {}],
  ["an object, for an agent that reads JSON", "{}", ["Application/JSON; charset=utf-8"], {}],
])("a result that is %s", (_, result, accepts, data) => {
  const [artifact] = artifactsOf({ ...of({ status: "succeeded", endedAtMs: 4_000 }), accepts }, result);
  const text = { text: result, mediaType: "text/plain" };
  expect(artifact?.parts).toEqual(data === undefined ? [text] : [{ data, mediaType: "application/json" }, text]);
});

test("files follow the result; other ends have none", () => {
  const file = { artifactId: "t1/files/a.txt", name: "a.txt", parts: [] };
  const ended = of({ status: "succeeded", endedAtMs: 4_000 });
  expect(artifactsOf(ended, "Done.", [file]).map(({ name }) => name)).toEqual(["result", "a.txt"]);
  expect(artifactsOf(ended, "", [file])).toEqual([file]);
  expect(artifactsOf(of({ status: "failed", endedAtMs: 4_000 }), "Done.", [file])).toEqual([]);
});

test("a file's type follows from the end of its name", () => {
  expect(["a.TXT", "b/c.png", "Makefile", "d.unknown", "e.constructor", "txt"].map(mediaTypeOf)).toEqual([
    "text/plain",
    "image/png",
    ...Array(4).fill("application/octet-stream"),
  ]);
  expect(isAccepted(["image/*"], "image/png")).toBe(true);
  expect(isAccepted(["image/*"], "text/plain")).toBe(false);
});
