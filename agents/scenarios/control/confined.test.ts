/** C1: a list of tools is not a right, unless a person confines an agent or a tree to it. */
import { expect, test } from "vitest";
import { guarded } from "@/agents/guard/guard";
import { call, endTask, startSubtask } from "@/tests/agents/replies";
import {
  eventsOf,
  gate,
  logOf,
  requestsOf,
  responsesOf,
  tester,
  titled,
  trialsOfThisFile,
} from "@/tests/agents/scenario";
import type { Trial } from "@/tests/agents/trial";
import { changeAgent } from "@/tests/agents/world-tool";

const start = trialsOfThisFile();
const READER = ["read_file", "list_directory"];
const quiet = { finishing: { evaluate: "never", summarize: "never", document: "never" } };
const sub = (agent: string) => startSubtask({ instruction: "below", agent });

/** Returns the tools besides the core tools in a task's last request. */
const offered = (trial: Trial, title: string) =>
  (requestsOf(trial, title).at(-1)?.tools ?? []).filter((name) =>
    ["read_file", "use_terminal", "write_file"].includes(name),
  );

test("an agent with few tools may start an agent with a terminal, as a list of tools is not a right", async () => {
  const trial = await start({ root: [sub("coder"), endTask("done")], below: [endTask("did it")] });
  await changeAgent(trial, "worker", { tools: READER, ...quiet });
  await trial.ended((await trial.submit({ task: "root", agent: "worker" })).id);
  expect(offered(trial, "below")).toContain("use_terminal");
});

test("below a confined agent no subtask, descendant or helper has a tool that it lacks", async () => {
  const trial = await start({
    root: [sub("coder"), call("request_tools", { needed: "use_terminal" }), endTask("done")],
    below: [
      startSubtask({ instruction: "deeper", agent: "coder" }),
      call("use_terminal", { command: "touch here" }),
      call("request_tools", { needed: "use_terminal write_file" }),
      call("request_tools", { needed: "summon qwertz" }),
      endTask("did it"),
    ],
    deeper: [call("use_terminal", { command: "touch here" }), endTask("did it")],
  });
  await changeAgent(trial, "worker", { tools: READER, confined: true, ...quiet });
  await changeAgent(trial, "coder", quiet);
  const tree = await trial.ended((await trial.submit({ task: "root", agent: "worker" })).id);
  expect(tree.status).toBe("succeeded");
  for (const title of ["below", "deeper"]) {
    expect(offered(trial, title), title).toEqual(["read_file"]);
    const told = responsesOf(await logOf(trial, titled(tree, title).id)).join("\n");
    expect(told, title).toContain("You have no tool use_terminal.");
  }
  expect(tree.tasks.map(({ agent }) => agent).sort()).toEqual(["coder", "coder", "worker"]);
  const asked = responsesOf(await logOf(trial, titled(tree, "root").id)).join("\n");
  expect(asked).not.toContain('"given"');
});

test("in a confined tree the chosen agent's list applies, even after the agent is changed", async () => {
  const [asked, answered] = [gate(), gate()];
  const trial = await start({
    "@agent_selector": startSubtask({ instruction: "", agent: "worker" }),
    chosen: [sub("coder"), endTask("done")],
    below: async ({ turn }) => {
      if (turn > 0) return endTask("did it");
      asked.open();
      await answered.opened;
      return call("read_file", { path: "none" });
    },
  });
  await changeAgent(trial, "worker", { tools: READER, ...quiet });
  await changeAgent(trial, "coder", { tools: ["use_terminal", "read_file"], ...quiet });
  const app = guarded(trial.runtime.application, tester);
  const { id } = await app.commands.submitTree({ task: "chosen", confined: true });
  await asked.opened;
  const below = titled(await app.queries.getTree(id), "below");
  await app.commands.change({ id: below.id, agent: "coder" });
  answered.open();
  await trial.ended(id);
  expect(eventsOf(await logOf(trial, below.id))).toContain("changed");
  expect(offered(trial, "chosen")).toEqual(["read_file"]);
  expect(requestsOf(trial, "below").length).toBe(2);
  expect(offered(trial, "below")).toEqual(["read_file"]);
});
