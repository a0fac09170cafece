/** `/a2a`: an agent whose file says so answers with a bare message, and when it answers with the task all the same. */
import { type Message, type StreamResponse, type Task, TaskState } from "@a2a-js/sdk";
import { expect, test } from "vitest";
import { ownerCalled } from "@/core/rules/roles";
import type { ProviderScript } from "@/tests/agents/provider-script";
import { call, endTask, passed } from "@/tests/agents/replies";
import { changeAgent } from "@/tests/agents/world-tool";
import { a2aClient, said, sendParams, told } from "./testing/a2a-client";
import { startDoors } from "./testing/doors";

const wrote = (path: string, content: string) => ({ name: "write_file", input: { path, content } });
const script: ProviderScript = ({ agent, instruction, turn }) => {
  if (agent === "task_evaluator") return passed();
  if (agent !== "worker") return endTask("noted");
  if (instruction.startsWith("List"))
    return turn === 0 ? { calls: [wrote("b/notes.txt", "Blue"), wrote("notes.txt", "Red")] } : endTask(DATA);
  if (instruction.startsWith("Ask") && turn === 0) return call("ask", { question: "Which colour?" });
  if (instruction.startsWith("Fail")) return endTask("No paint.", { status: "failure" });
  return endTask("Painted.");
};
const DATA = '{"colours": 2}';

/** The real server, with a worker whose answer is a message. */
async function answering() {
  const doors = await startDoors({ script, env: { BANYAN_PRIVATE_HOSTS: "localhost:8080" } });
  await changeAgent(doors.trial, "worker", { a2aAnswer: "message" });
  const token = await doors.token("operator");
  const client = await a2aClient(doors.server.url, token);
  const ask = (message: Message, more = {}) => client.sendMessage(sendParams(message, more));
  return { doors, token, client, ask };
}

const isTask = (answer: Message | Task): answer is Task => "status" in answer;
const stateOf = (answer: Message | Task) => (isTask(answer) ? answer.status?.state : "message");

test("a result comes as a bare message, the same for the same request, also after a change of the agent and a retry", async () => {
  const { doors, token, client, ask } = await answering();
  const message = said("List the colours");
  const answer = (await ask(message)) as Message;
  const own = answer.metadata?.banyan as { task: string } | undefined;
  const id = own?.task ?? "";
  expect(answer).toMatchObject({ messageId: `${id}-answer`, taskId: "", role: 2, metadata: { banyan: { task: id } } });
  expect(answer.contextId).not.toBe("");
  expect(answer.parts.map(({ content, filename }) => [content?.$case, filename])).toEqual([
    ["data", ""],
    ["text", ""],
    ["raw", "b/notes.txt"],
    ["raw", "notes.txt"],
  ]);
  expect(answer.parts[0]?.content).toMatchObject({ value: { colours: 2 } });

  // It is a task like any other for who asks for it.
  const task = await client.getTask({ tenant: "", id });
  expect([task.contextId, stateOf(task), task.artifacts.length]).toEqual([
    answer.contextId,
    TaskState.TASK_STATE_COMPLETED,
    3,
  ]);
  expect(stateOf(await ask(message, { isFast: true }))).toBe(TaskState.TASK_STATE_COMPLETED);
  const { value: first } = await client.sendMessageStream(sendParams(message)).next();
  expect(told(first as StreamResponse)).toEqual(["task", TaskState.TASK_STATE_COMPLETED]);

  await changeAgent(doors.trial, "worker", { a2aAnswer: undefined });
  const tree = await doors.trial.ended(id);
  await doors.trial.runtime.application.commands.continueTask(
    { id: tree.root_task_id, text: "Again" },
    ownerCalled("ann"),
  );
  expect(await ask(message)).toEqual(answer);

  const legacy = { messageId: "old", role: "user", parts: [{ kind: "text", text: "Paint" }] };
  await changeAgent(doors.trial, "worker", { a2aAnswer: "message" });
  const params = { message: { kind: "message", ...legacy, metadata: { banyan: { agent: "worker" } } } };
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "message/send", params });
  const headers = { "content-type": "application/json", ...token };
  const { result } = JSON.parse((await doors.ask("/a2a", { method: "POST", headers, body })).text);
  expect(result).toMatchObject({ kind: "message", role: "agent", parts: [{ kind: "text", text: "Painted." }] });
});

test("a question, a failure and an address for push messages give the task", async () => {
  const { doors, ask } = await answering();
  const asked = await ask(said("Ask for the colour"));
  expect(stateOf(asked)).toBe(TaskState.TASK_STATE_INPUT_REQUIRED);
  // Its caller knows the task now, so it hears of the task.
  expect(stateOf(await ask(said("Blue.", { taskId: (asked as Task).id })))).toBe(TaskState.TASK_STATE_COMPLETED);
  expect(stateOf(await ask(said("Fail")))).toBe(TaskState.TASK_STATE_FAILED);
  const push = { push: { url: "http://localhost:8080/told" } };
  expect(stateOf(await ask(said("Paint"), push))).toBe(TaskState.TASK_STATE_COMPLETED);
  expect(stateOf(await ask(said("Paint")))).toBe("message");
  await changeAgent(doors.trial, "worker", { a2aAnswer: undefined });
  expect(stateOf(await ask(said("Paint")))).toBe(TaskState.TASK_STATE_COMPLETED);
});
