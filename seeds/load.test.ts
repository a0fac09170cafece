import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isSystemAgent } from "@/core/rules/system-agents";
import { SeedError } from "./front-matter";
import { loadSeeds, readAgent } from "./load";

const seedsDir = import.meta.dirname;
const systemAgents = [
  "agent_selector",
  "context_addition",
  "documentation_agent",
  "review_agent",
  "specification_writer",
  "summary_agent",
  "goal",
  "goal_planner",
  "goal_strategist",
  "iteration",
  "supervisor",
  "task_breakdown",
  "task_evaluator",
  "tool_addition",
];
const workers = [
  "banyan_developer",
  "coder",
  "coding_agent",
  "researcher",
  "security_scanner",
  "test_generator",
  "worker",
];

describe("the seeds", () => {
  test("load every agent, document and tool of the product", async () => {
    const seeds = await loadSeeds(seedsDir);
    expect(seeds.agents.map((agent) => agent.name)).toEqual([...systemAgents, ...workers].sort());
    expect(seeds.documents.map((document) => document.name)).toEqual([
      "agent_registry",
      "available_context",
      "breakdown_guidelines",
      "documentation_standards",
      "environment_details",
      "evaluation_criteria",
      "goal_guide",
      "improvement_guide",
      "mcp_docs",
      "monitoring_guidelines",
      "summarization_guidelines",
      "system_architecture",
      "system_overview",
      "tool_registry",
    ]);
    // What each of these may do is changed only by an admin: a new one is in one of the two lists, and nowhere else.
    expect(seeds.agents.map((agent) => agent.name).filter(isSystemAgent)).toEqual([...systemAgents].sort());
    const later = seeds.tools.filter((tool) => !tool.availability.available).map((tool) => tool.name);
    expect(later).toEqual([]);
  });

  test("each agent's prompt has a limited size, and some agent reads every document", async () => {
    const { agents, documents } = await loadSeeds(seedsDir);
    for (const agent of agents) {
      const given = documents.filter((document) => agent.documents.includes(document.name));
      const text = [agent.instruction, ...given.map((document) => document.body)].join("\n");
      const isWorker = workers.includes(agent.name);
      expect(Buffer.byteLength(text), agent.name).toBeLessThan((isWorker ? 10 : 24) * 1024);
      if (isWorker) expect(given.length, agent.name).toBeLessThanOrEqual(2);
    }
    const read = new Set(agents.flatMap((agent) => agent.documents));
    expect(documents.map((document) => document.name).filter((name) => !read.has(name))).toEqual([]);
  });

  test("finishing agents and the selector get no finishing tasks", async () => {
    const { agents } = await loadSeeds(seedsDir);
    for (const agent of agents.filter((candidate) => systemAgents.includes(candidate.name))) {
      expect(agent.finishing, agent.name).toEqual({ evaluate: "never", summarize: "never", document: "never" });
    }
    // It may look up a name that it does not know, and does none of the work.
    expect(agents.find((agent) => agent.name === "agent_selector")?.tools).toEqual(["web_search"]);
  });

  test("repeat no paragraph in two texts", async () => {
    const { agents, documents } = await loadSeeds(seedsDir);
    const paragraphs = [...agents.map((agent) => agent.instruction), ...documents.map((document) => document.body)]
      .flatMap((text) => text.split(/\n\s*\n/))
      .filter((paragraph) => paragraph.length > 60);
    expect(paragraphs.filter((paragraph, index) => paragraphs.indexOf(paragraph) !== index)).toEqual([]);
  });
});

describe("a broken seed is refused with file and line", () => {
  let dir: string;
  beforeEach(async () => {
    dir = path.join(await mkdtemp(path.join(tmpdir(), "banyan-seeds-")), "seeds");
    await cp(seedsDir, dir, { recursive: true });
  });
  afterEach(() => rm(path.dirname(dir), { recursive: true }));

  async function refusal(file: string, from: string | RegExp, to: string): Promise<string> {
    const target = path.join(dir, file);
    const before = await readFile(target, "utf8");
    const after = before.replace(from, to);
    expect(after, "the test's replacement matches").not.toBe(before);
    await writeFile(target, after);
    const error = await loadSeeds(dir).then(
      () => expect.fail("the broken seed was accepted"),
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(SeedError);
    return (error as SeedError).message;
  }

  const worker = "agents/worker.md";
  const cases: [what: string, file: string, from: string | RegExp, to: string, message: string][] = [
    [
      "an unknown key",
      worker,
      "web_search:",
      "websearch:",
      'seeds/agents/worker.md:7: "websearch" is not a key of an agent; correct its spelling or remove it.',
    ],
    [
      "an unknown nested key",
      worker,
      "document: auto",
      "documents: auto",
      'seeds/agents/worker.md:8: "documents" is not a key of `finishing` of an agent; correct its spelling or remove it.',
    ],
    [
      "a wrong value",
      worker,
      "evaluate: auto",
      "evaluate: sometimes",
      "seeds/agents/worker.md:8: `finishing.evaluate` of an agent is invalid: write auto, always or never.",
    ],
    [
      "another name than the file's",
      worker,
      "name: worker",
      "name: handyman",
      'seeds/agents/worker.md:2: The name "handyman" differs from the file\'s name; call it "worker" or rename the file.',
    ],
    [
      "an unknown document",
      worker,
      "environment_details]",
      "environment]",
      'seeds/agents/worker.md:6: There is no document "environment"; add seeds/documents/environment.md or remove it from the list.',
    ],
    [
      "an unknown tool",
      worker,
      "[list_agents,",
      "[end_task,",
      'seeds/agents/worker.md:4: There is no tool "end_task"; add seeds/tools/end_task.json or remove it from the list (every agent has the core tools without listing them).',
    ],
    [
      "a tool of a later version",
      "tools/git_history.json",
      '"available_since": "0.1.0"',
      '"available": false, "reason": "Not there yet."',
      'seeds/agents/banyan_developer.md:4: The tool "git_history" is not available in this version; remove it from the list.',
    ],
    [
      "a tool named twice",
      worker,
      "[list_agents,",
      "[read_file,",
      "seeds/agents/worker.md:4: `tools` of an agent is invalid: name each entry once.",
    ],
    [
      "a description that is too long",
      "documents/mcp_docs.md",
      /description: .*/,
      `description: ${"long ".repeat(60)}`,
      "seeds/documents/mcp_docs.md:3: `description` of a document is invalid: write at most 240 characters.",
    ],
    [
      "a missing key",
      worker,
      /description: .*\n/,
      "",
      "seeds/agents/worker.md:2: `description` of an agent is missing; add it.",
    ],
    [
      "a value of the wrong kind",
      worker,
      "web_search: false",
      "web_search: 3",
      "seeds/agents/worker.md:7: `web_search` of an agent is invalid: write true or false.",
    ],
    [
      "empty front matter",
      "documents/mcp_docs.md",
      /^---\n[\s\S]*?\n---\n/,
      "---\n---\n",
      "seeds/documents/mcp_docs.md:2: The file contains no keys; add the keys of a document.",
    ],
    [
      "front matter that is not closed",
      "documents/mcp_docs.md",
      /\n---\n/,
      "\n",
      "seeds/documents/mcp_docs.md:1: The front matter is not closed; end it with a line `---`.",
    ],
    [
      "no front matter",
      "documents/mcp_docs.md",
      /^---\n/,
      "",
      "seeds/documents/mcp_docs.md:1: The file has no front matter; begin it with a line `---`, its keys, and another line `---`.",
    ],
    [
      "an empty body",
      "documents/mcp_docs.md",
      /\n---\n[\s\S]*/,
      "\n---\n",
      "seeds/documents/mcp_docs.md:4: Nothing follows the front matter; write the document's text below it.",
    ],
    [
      "a key given twice",
      worker,
      "model: inherit",
      "name: worker",
      "seeds/agents/worker.md:5: This cannot be read as YAML: Map keys must be unique. Correct this line.",
    ],
    [
      "an unknown level",
      "tools/read_file.json",
      '"level": "read"',
      '"level": "peek"',
      "seeds/tools/read_file.json:5: `level` of a tool is invalid: write read, write, network, host or change.",
    ],
    [
      "a tool that is both available and unavailable",
      "tools/query_database.json",
      '"available_since": "0.1.0"',
      '"available_since": "0.1.0", "available": false, "reason": "Not there yet."',
      'seeds/tools/query_database.json:9: A tool has either `available_since`, or `"available": false` with a `reason`; keep one of the two.',
    ],
  ];
  test.each(cases)("%s", async (_what, file, from, to, message) => {
    expect(await refusal(file, from, to)).toBe(message);
  });

  test("JSON with a comment is refused, though YAML would read it", async () => {
    const message = await refusal("tools/read_file.json", '"optional": true,', '"optional": true, # kept');
    expect(message).toMatch(/^seeds\/tools\/read_file\.json:\d+: This is not valid JSON .+; correct this line\.$/);
  });

  test("a missing folder is named in the error", async () => {
    await rm(path.join(dir, "tools"), { recursive: true });
    await expect(loadSeeds(dir)).rejects.toThrow(
      "seeds/tools:1: The folder cannot be read (ENOENT); restore it from the repository.",
    );
  });

  test("a runbook is kept whole, and the folder can be missing", async () => {
    const folder = path.join(dir, "runbooks");
    await rm(folder, { recursive: true, force: true });
    expect((await loadSeeds(dir)).runbooks).toEqual([]);
    const text =
      "---\nname: tidy-up\ndescription: Removes what nobody needs.\nmatch: [tidy]\n---\n\n1. List the files.\n";
    await mkdir(folder);
    await writeFile(path.join(folder, "tidy-up.md"), text);
    const runbooks = [{ name: "tidy-up", description: "Removes what nobody needs.", text }];
    expect((await loadSeeds(dir)).runbooks).toEqual(runbooks);
  });
});

test("endlessly nested front matter, or aliases without end, is refused with a sentence", () => {
  const nested = "[".repeat(20_000) + "]".repeat(20_000);
  const names = Array.from({ length: 30 }, (_, at) => `a${at}: &a${at} [${at ? `*a${at - 1}, *a${at - 1}` : "x"}]`);
  for (const front of [`name: ${nested}`, names.join("\n")])
    expect(() => readAgent(`---\n${front}\n---\nText.\n`, "a.md")).toThrow(/^a\.md:\d+: This cannot be read as YAML: /);
});
