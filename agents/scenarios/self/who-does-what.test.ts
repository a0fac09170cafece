import { expect, test } from "vitest";
import { call, endTask, passed, startSubtask } from "@/tests/agents/replies";
import {
  logOf,
  requestsOf,
  responsesOf,
  resultsIn,
  runRoot,
  sub,
  tester,
  titled,
  trialsOfThisFile,
} from "@/tests/agents/scenario";
import { changeAgent } from "@/tests/agents/world-tool";

const start = trialsOfThisFile();

test("agent_selector names the agent; the host copies the person's text and criteria, and the prompt lists the agents", async () => {
  const task = "  Zähle die Löffel\nin `drawer/` — please, all of them.";
  const trial = await start({
    "@agent_selector": startSubtask({
      instruction: "Count spoons.",
      criteria: "Anything goes.",
      agent: "coder",
      title: "chosen",
      why: "It changes code.",
    }),
    "@coder": endTask("seven"),
    "@task_evaluator": passed(),
  });
  const { id } = await trial.submit({ task, criteria: "All spoons are counted." });
  const tree = await trial.ended(id);
  expect(tree.status).toBe("succeeded");
  const chosen = await trial.runtime.application.queries.getTask(titled(tree, "chosen").id);
  expect(chosen).toMatchObject({ agent: "coder", instruction: task.trim() });
  const judge = trial.provider?.requests.find((request) => request.agent === "task_evaluator");
  expect(judge?.instruction).toContain("<criteria>\nAll spoons are counted.\n</criteria>");
  const [asked, ...more] = trial.provider?.requests.filter((request) => request.agent === "agent_selector") ?? [];
  expect(more).toEqual([]);
  expect(asked?.tools).not.toContain("list_agents");
  const listed = /<document name="agents">\n([\s\S]*?)\n<\/document>/.exec(asked?.system ?? "")?.[1] ?? "";
  const names = listed.split("\n").map((line) => (JSON.parse(line) as { name: string }).name);
  expect(names).toEqual(expect.arrayContaining(["coder", "researcher", "worker"]));
  expect(names).not.toContain("task_evaluator");
});

test("agents that only the host starts take no subtasks, and list_agents leaves them out", async () => {
  const system = ["agent_selector", "task_evaluator", "summary_agent", "documentation_agent", "supervisor"];
  const helpers = ["task_breakdown", "tool_addition", "context_addition"];
  const trial = await start({
    root: [
      startSubtask(...[...system, ...helpers].map((agent) => sub(`for ${agent}`, { agent }))),
      { calls: [{ name: "list_agents" }, { name: "list_agents", input: { all: true } }] },
      endTask("done"),
    ],
  });
  const tree = await runRoot(trial);
  expect(tree.status).toBe("succeeded");
  expect(tree.tasks.filter((task) => task.role === "work").length).toBe(1);
  const refusals = resultsIn(requestsOf(trial, "root")[1]);
  expect(refusals[1]).toBe(
    "task_evaluator takes no subtasks: the host starts it when a task ends; put what must be true into criteria.",
  );
  for (const refusal of refusals) expect(refusal).toMatch(/^\w+ takes no subtasks: .+\.$/);
  const [some, all] = resultsIn(requestsOf(trial, "root")[2]).map((text) =>
    (JSON.parse(text).agents as { name: string }[]).map((agent) => agent.name),
  );
  expect(some).toEqual([
    "banyan_developer",
    "coder",
    "researcher",
    "review_agent",
    "security_scanner",
    "test_generator",
    "worker",
  ]);
  expect(all).toEqual(expect.arrayContaining([...system, ...helpers]));
});

test("request_tools gives only tools that are named; words in common suggest, and none of them may fit", async () => {
  const trial = await start({
    root: [
      call("request_tools", { needed: "query the company PostgreSQL database" }),
      call("request_tools", { needed: "query the company PostgreSQL database", none_fits: true }),
      call("request_tools", { needed: "`query_database`, please" }),
      call("request_tools", { needed: "query_database read_file" }),
      endTask("done"),
    ],
    "@tool_addition": endTask("psql is not installed, and there is no server for it."),
  });
  const tree = await runRoot(trial);
  expect(tree.status).toBe("succeeded");
  const answers = requestsOf(trial, "root").map((request) => resultsIn(request)[0] ?? "");
  const suggested = JSON.parse(answers[1] ?? "");
  expect(suggested.tools[0]).toMatchObject({ name: "query_database", state: "can be given" });
  expect(answers[1]).not.toMatch(/you have it|"given"/);
  expect(suggested.note).toContain("none_fits: true");
  expect(requestsOf(trial, "root")[2]?.tools).not.toContain("query_database");
  expect(titled(tree, "Tools: query the company PostgreSQL database").agent).toBe("tool_addition");
  expect(answers[2]).toContain("psql is not installed");
  expect(JSON.parse(answers[3] ?? "").tools).toMatchObject([{ name: "query_database", state: "given" }]);
  expect(requestsOf(trial, "root")[3]?.tools).toContain("query_database");
  expect(JSON.parse(answers[4] ?? "").tools).toMatchObject([
    { name: "query_database", state: "you have it" },
    { name: "read_file", state: "you have it" },
  ]);
});

test("what the documentation agent learns is a proposal that a person decides after the tree has ended", async () => {
  const document = {
    name: "spoon_rules",
    description: "How spoons are counted in this project.",
    body: "Count the drawers first.",
    why: "The task tried three times to count spoons without it.",
    sources: ["the log, turn 1"],
  };
  const trial = await start({
    root: [call("list_directory", {}), endTask("seven spoons")],
    "@documentation_agent": [
      {
        calls: [
          { name: "propose_document", input: document },
          { name: "query_database", input: { sql: "SELECT count(*) FROM messages" } },
        ],
      },
      endTask("Proposed spoon_rules."),
    ],
  });
  const { commands, queries } = trial.runtime.application;
  const tree = await runRoot(trial);
  expect(tree.status).toBe("succeeded");
  const { items } = await queries.listReviews({ open: true, treeId: tree.id });
  expect(items.map((item) => [item.kind, item.title])).toEqual([["proposal", "New document spoon_rules"]]);
  const { sentence } = await commands.decide({ id: items[0]?.id ?? "", decision: "approved", reason: "" }, tester);
  expect(sentence).toContain("spoon_rules");
  expect(await queries.getDocument("spoon_rules")).toMatchObject({ version: 1, body: document.body });
});

test("a judge reads with SQL what the excerpt of the log lacks", async () => {
  const trial = await start({
    root: endTask("seven spoons"),
    "@task_evaluator": [
      call("query_database", { sql: "SELECT kind FROM messages WHERE kind = 'tool_call' AND tool = 'end_task'" }),
      passed(),
    ],
  });
  const tree = await runRoot(trial);
  const judge = tree.tasks.find((task) => task.agent === "task_evaluator");
  const [answer] = responsesOf(await logOf(trial, judge?.id ?? ""));
  expect(answer).toContain("tool_call");
});

test("web_search that is not set up says so before anybody is asked to approve it", async () => {
  const trial = await start(
    { root: [call("web_search", { query: "figs" }), endTask("without the web")] },
    { env: { BANYAN_SEARCH: "none" } },
  );
  await changeAgent(trial, "worker", { tools: ["web_search"], webSearch: true });
  const tree = await runRoot(trial);
  expect(tree.status).toBe("succeeded");
  expect(resultsIn(requestsOf(trial, "root")[1])[0]).toContain("switched off here (BANYAN_SEARCH=none)");
  expect((await trial.runtime.application.queries.listReviews({})).items).toEqual([]);
});
