/** `/a2a`: results that are data, and the files of a result, with their sizes, owners and the types that an agent reads. */
import { type StreamResponse, type Task, TaskState } from "@a2a-js/sdk";
import { expect, test } from "vitest";
import { ownerCalled } from "@/core/rules/roles";
import { agentScript } from "@/tests/agents/provider-script";
import { call, endTask, passed } from "@/tests/agents/replies";
import { a2aClient, said, sendParams, sendTo, told } from "./testing/a2a-client";
import { startDoors } from "./testing/doors";

const LARGE = "x".repeat(100_001);
const wrote = (path: string, content: string) => ({ name: "write_file", input: { path, content } });
const REPORT = {
  worker: [
    {
      calls: [
        wrote("b/notes.txt", "Grüße"),
        wrote("a table.csv", LARGE),
        wrote(".env", "KEY=1"),
        wrote("p.png", "png"),
      ],
    },
    endTask('{"faults": 2}'),
    call("write_file", { path: "b/notes.txt", content: "Changed" }),
    endTask("Again."),
  ],
  task_evaluator: [passed(), passed()],
  "*": [endTask("noted"), endTask("noted")],
};

/** Returns each artifact as its name and its parts: the case, and the value of all but large ones. */
const shown = ({ artifacts }: Pick<Task, "artifacts">) =>
  artifacts.map(({ name, parts }) => [
    name,
    ...parts.map(({ content, filename, mediaType }) => [
      content?.$case,
      content?.$case === "raw" ? content.value.toString() : content?.value,
      ...(filename ? [filename] : []),
      mediaType,
    ]),
  ]);
const RESULT = ["result", ["data", { faults: 2 }, "application/json"], ["text", '{"faults": 2}', "text/plain"]];

test("a result that is JSON is data; its files come as bytes or addresses, also later and after a retry", async () => {
  const doors = await startDoors({ script: agentScript(REPORT) });
  const token = await doors.token("operator");
  const client = await a2aClient(doors.server.url, token);
  const events: StreamResponse[] = [];
  for await (const event of client.sendMessageStream(sendParams(said("Report")))) events.push(event);
  const [first] = events;
  const id = first?.payload?.$case === "task" ? first.payload.value.id : "";
  const read = () => client.getTask({ tenant: "", id });
  const done = await read();
  const [, table] = done.artifacts;
  const content = table?.parts[0]?.content;
  const url = content?.$case === "url" ? content.value : "";
  expect(shown(done)).toEqual([
    RESULT,
    ["a table.csv", ["url", url, "a table.csv", "text/csv"]],
    ["b/notes.txt", ["raw", "Grüße", "notes.txt", "text/plain"]],
    ["p.png", ["raw", "png", "p.png", "image/png"]],
  ]);
  // The stream told the same, each artifact once, before the end.
  const updates = events.flatMap(({ payload }) =>
    payload?.$case === "artifactUpdate" && payload.value.artifact ? [payload.value.artifact] : [],
  );
  expect(shown({ artifacts: updates })).toEqual(shown(done));
  expect(told(events.at(-1) as StreamResponse)).toEqual(["statusUpdate", TaskState.TASK_STATE_COMPLETED]);
  // Only a list gives addresses for small files too.
  const { tasks } = await client.listTasks({
    tenant: "",
    contextId: "",
    status: 0,
    pageToken: "",
    statusTimestampAfter: undefined,
    includeArtifacts: true,
  });
  expect(tasks[0]?.artifacts.map(({ parts }) => parts[0]?.content?.$case)).toEqual(["data", "url", "url", "url"]);

  expect(url.startsWith(`${doors.server.url}/api/v1/trees/${id}/files/a%20table.csv?at=`)).toBe(true);
  const path = url.slice(doors.server.url.length);
  expect(await doors.ask(path, { headers: token })).toMatchObject({ status: 200, text: LARGE });
  expect((await doors.ask(path)).status).toBe(401);
  const other = await a2aClient(doors.server.url, await doors.token("admin"));
  await expect(other.getTask({ tenant: "", id })).rejects.toThrow(`There is no task ${id}.`);

  const tree = await doors.trial.ended(id);
  await doors.trial.runtime.application.commands.continueTask(
    { id: tree.root_task_id, text: "Once more" },
    ownerCalled("ann"),
  );
  await expect
    .poll(async () => (await doors.trial.runtime.application.queries.getTask(tree.root_task_id)).result, {
      timeout: 120_000,
    })
    .toBe("Again.");
  expect(shown(await read())).toEqual(shown(done));
});

test("an agent gets the types that it accepts, text always, and twenty files at most", async () => {
  // More than a model may write in a reply, so a command makes them.
  const many = "for name in $(seq -w 0 24); do head -c 70000 /dev/zero | tr '\\0' x > f$name.md; done";
  const script = agentScript({
    worker: [
      { calls: [...(call("use_terminal", { command: many }).calls ?? []), wrote("p.png", "png")] },
      endTask('{"faults": 2}'),
    ],
    task_evaluator: [passed()],
    "*": [endTask("noted")],
  });
  const doors = await startDoors({ script });
  const client = await a2aClient(doors.server.url, await doors.token("operator"));
  const done = await sendTo(client, said("Report"), { accepts: ["text/markdown"] });
  const cases = done.artifacts.map(({ name, parts }) => [name, ...parts.map(({ content }) => content?.$case)]);
  expect(cases[0]).toEqual(["result", "text"]);
  // Seven files of 70,000 bytes are below 500,000 bytes together.
  expect(cases.slice(1)).toEqual(
    Array.from({ length: 20 }, (_, index) => [`f${String(index).padStart(2, "0")}.md`, index < 7 ? "raw" : "url"]),
  );

  expect(await client.getTask({ tenant: "", id: done.id })).toMatchObject({ artifacts: done.artifacts });
});

test("a text loses the secrets that Banyan knows; other bytes stay as they are", async () => {
  const bytes = Buffer.from([0xff, 0xfe, 0x00, 0x80]);
  const script = agentScript({
    worker: [
      { calls: [wrote("a.txt", "the key is hunter2-hunter2")] },
      call("use_terminal", { command: "printf '\\377\\376\\000\\200' > b.bin" }),
      endTask("Done."),
    ],
    task_evaluator: [passed()],
    "*": [endTask("noted")],
  });
  const doors = await startDoors({ script });
  await doors.trial.runtime.application.commands.setSecret(
    { id: "door/key", value: "hunter2-hunter2" },
    ownerCalled("ann"),
  );
  const client = await a2aClient(doors.server.url, await doors.token("operator"));
  const done = await sendTo(client, said("Report"));
  const [, text, binary] = done.artifacts.map(({ parts }) => parts[0]?.content);
  const told = text?.$case === "raw" ? text.value.toString() : "";
  expect([told.startsWith("the key is "), told.includes("hunter2")]).toEqual([true, false]);
  expect(binary).toEqual({ $case: "raw", value: bytes });
});
