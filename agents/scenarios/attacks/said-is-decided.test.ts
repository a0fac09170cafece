/** What the pages and commands say about a tool's calls is what the call check decides: all tools, policies and rights. */
import { expect, test } from "vitest";
import type { Configuration } from "@/agents/configuration/configuration";
import { kindsOf, kindsOfServer } from "@/agents/queries/tools";
import { createCatalogue } from "@/agents/tools/catalogue";
import { offeredOf } from "@/agents/tools/outside/server-tools";
import { NO_SERVICES, worldTools } from "@/agents/tools/world-tools";
import { createCallCheck } from "@/agents/turn/call-check";
import { LEVELS, type Level } from "@/core/log/entries";
import {
  DEFAULT_HOST_POLICY,
  type HostPolicy,
  type KindPolicy,
  type Policy,
  type ToolPolicy,
} from "@/core/rules/policy";
import type { TaskState } from "@/core/state";
import { kindSentence, policySummary } from "@/core/words/policy";

const HOST = "docs.example.org";
const URL_ = `https://${HOST}/page`;
const found = { ...NO_SERVICES, web: { searchStatus: () => ({ available: true, host: HOST }) } } as never;
const terminals = { hostsOf: (id: string) => (id === "with" ? [HOST] : []) };
const catalogue = createCatalogue(worldTools({ ...(found as typeof NO_SERVICES), terminals: terminals as never }));

/** A call of each kind of each tool, in the order of its kinds. */
const CALLS: Record<string, Record<string, unknown>[]> = {
  read_file: [{ path: "a" }],
  write_file: [{ path: "a", content: "b" }],
  edit_file: [{ path: "a", old_text: "b", new_text: "c" }],
  list_directory: [{ path: "." }],
  find_files: [{ pattern: "*" }],
  search_files: [{ pattern: "a" }],
  extract_archive: [{ path: "a.zip", folder: "b" }],
  open_repository: [{ path: "." }, { url: URL_ }],
  measure_folder: [{}],
  git_history: [{}],
  check_change: [{ quick: true }],
  check_goal: [{ validation_command: "true", setup_command: null, criteria: [], protect: [], may_change: [] }],
  check_specification: [
    {
      stage: "draft",
      answers: {},
      source: "",
      service: { name: "s", blueprint: "rest-api", parts: [], variables: {} },
    },
  ],
  make_service: [{ name: "s", blueprint: "rest-api", parts: [], variables: {}, answers: {}, source: "" }],
  change_service: [{ service_change: { name: "s" }, answers: {}, source: "" }],
  restore_files: [{ snapshot: "0".repeat(40) }],
  use_terminal: [{ command: "ls" }, { command: "ls", network: [HOST] }],
  run_coding_agent: [{ agent: "claude", prompt: "Do it." }],
  terminal_output: [{ id: "without" }],
  terminal_input: [
    { id: "without", text: "a" },
    { id: "with", text: "a" },
  ],
  terminal_stop: [{ id: "without" }],
  read_output: [{ call: "c1" }],
  query_database: [{ sql: "SELECT 1" }],
  query_trees: [{ sql: "SELECT 1", trees: [] }],
  git_operations: [
    { operation: "status" },
    { operation: "commit", message: "a" },
    { operation: "clone", url: URL_ },
    { operation: "push", url: URL_, branch: "banyan/a", commit: "a".repeat(40) },
  ],
  web_fetch: [{ url: URL_ }, { url: `${URL_}?q=1` }],
  web_search: [{ query: "a" }],
};
/** Judged like the server that it reads. */
const LIKE_A_SERVER = "server_resources";
const RECORDS: Record<string, unknown> = { list_agents: {}, list_documents: {}, list_optional_tools: {} };

const POLICIES: ToolPolicy[] = ["inherit", "auto", "ask", "deny"];
const RIGHTS: Level[][] = [
  [],
  ["read"],
  ["read", "write"],
  ["read", "network"],
  ["read", "write", "network"],
  [...LEVELS],
];
const hostPolicies = (["auto", "ask", "deny"] as const).flatMap((policy) =>
  LEVELS.flatMap((level) =>
    [[], [HOST]].map((hosts): HostPolicy => {
      return { ...DEFAULT_HOST_POLICY, levels: { ...DEFAULT_HOST_POLICY.levels, [level]: policy }, hosts };
    }),
  ),
);

interface Case {
  tool: string;
  policy: ToolPolicy;
  host: HostPolicy;
  rights: Level[];
  tainted: boolean;
}

/** Returns what the call check decides: a policy, or the right that is missing. */
function decided(
  { tool, policy, host, rights, tainted }: Case,
  input: unknown,
  servers: ReturnType<typeof offeredOf> = [],
) {
  const configuration = {
    policy: () => host,
    policyOf: () => policy,
    serverTools: () => servers,
    tools: () => servers.map((server) => server.server),
  } as unknown as Configuration;
  const callCheck = createCallCheck({ catalogue, configuration, quarantineOf: () => null });
  const state = { setup: { agent: "worker", rights, webSearch: true }, servers: [], tainted, assignment: {} };
  const call = { id: "c1", name: tool, input };
  const checked = callCheck.check(state as unknown as TaskState, false, new Set([tool]), call as never);
  if (checked.problem?.includes("needs the right")) return "no right";
  if (checked.problem?.includes("does not allow calls")) return "deny";
  expect(checked.problem, `${tool} ${JSON.stringify(input)}`).toBe(undefined);
  if (!checked.ask && checked.mode !== "control") expect(checked.unasked, tool).toBeDefined();
  return checked.ask ? "ask" : "auto";
}

function said(kind: KindPolicy, { host, rights, tainted }: Case): Policy | "no right" {
  if (![kind.level, kind.also_needs].every((level) => level === null || rights.includes(level))) return "no right";
  const isListed = host.hosts.includes(HOST);
  const [plain, listed] = tainted ? [kind.tainted, kind.tainted_listed] : [kind.policy, kind.listed];
  return isListed && listed !== null ? listed : plain;
}

function* casesOf(tool: string): Generator<Case> {
  for (const policy of POLICIES)
    for (const host of hostPolicies)
      for (const rights of RIGHTS) for (const tainted of [false, true]) yield { tool, policy, host, rights, tainted };
}

test("every tool is tried with a call of each of its kinds", () => {
  expect(Object.keys(CALLS).sort()).toEqual(
    [...catalogue.world.keys()].filter((name) => name !== LIKE_A_SERVER).sort(),
  );
  for (const [name, calls] of Object.entries(CALLS)) {
    const tool = catalogue.world.get(name);
    expect([name, tool?.kinds?.length ?? 1]).toEqual([name, calls.length]);
    // A tool whose calls differ says how.
    expect([name, tool?.kinds !== undefined]).toEqual([name, tool?.effectOf !== undefined]);
  }
});

test("what is said about each kind of calls is what the call check decides", () => {
  for (const [tool, inputs] of Object.entries(CALLS))
    for (const example of casesOf(tool)) {
      const kinds = kindsOf({ name: tool, policy: example.policy, level: "read" }, catalogue, example.host);
      inputs.forEach((input, at) => {
        const kind = kinds[at] as KindPolicy;
        expect([example, kind.what, decided(example, input)]).toEqual([example, kind.what, said(kind, example)]);
      });
    }
});

test("a tool that only writes records runs whatever the levels say, unless it is refused", () => {
  for (const [tool, input] of Object.entries(RECORDS))
    for (const example of casesOf(tool)) {
      const [kind] = kindsOf({ name: tool, policy: example.policy, level: "read" }, catalogue, example.host);
      expect([example, decided(example, input)]).toEqual([example, kind?.policy]);
    }
});

test("what is said about a server's tool is what the call check decides", () => {
  for (const hosts of [[], [HOST]])
    for (const example of casesOf("notes__note")) {
      const note = { name: "note", description: "Notes.", inputSchema: { type: "object" }, hash: "h" };
      const config = { kind: "stdio", command: "notes", args: [], env: {}, hosts };
      const body = { name: "notes", description: "Notes.", level: "write", source: "mcp", optional: false, version: 1 };
      const server = { config, scope: "tree", workspace: "none", tools: [note] };
      const live = { ...body, policy: example.policy, availability: { available: true }, server } as never;
      const [kind] = kindsOfServer(live, example.policy, example.host);
      expect([example, hosts, decided(example, {}, offeredOf(live, 1))]).toEqual([
        example,
        hosts,
        said(kind as KindPolicy, example),
      ]);
    }
});

const QUERY = { parameters: [{ name: "q", in: "query", argument: "q", style: "form", explode: true }] };
const BODY = { parameters: [], body: { argument: "body", type: "application/json" } };

/** An operation for each kind of calls of an API, with arguments of that kind. */
const OPERATIONS = [
  { method: "get", takes: QUERY, args: {}, isOf: "requests that read" },
  { method: "get", takes: QUERY, args: { q: "x" }, isOf: "requests that read and carry data" },
  { method: "get", takes: BODY, args: {}, isOf: "requests that read" },
  { method: "get", takes: BODY, args: { body: { q: "x" } }, isOf: "requests that read and carry data" },
  { method: "post", takes: QUERY, args: {}, isOf: "requests that change" },
] as const;

test.each(OPERATIONS)(
  "what is said about $isOf of a web API is what the call check decides",
  ({ method, takes, args, isOf }) => {
    for (const example of casesOf("notes__note")) {
      const operation = { method, path: "/notes", ...takes };
      const note = { name: "note", description: "Notes.", inputSchema: { type: "object" }, hash: "h", operation };
      const config = {
        kind: "openapi",
        name: "notes",
        url: `https://${HOST}/v1`,
        auth: { kind: "none" },
        operations: [],
      };
      const body = {
        name: "notes",
        description: "Notes.",
        level: "network",
        source: "mcp",
        optional: false,
        version: 1,
      };
      const server = { config, scope: "tree", workspace: "none", tools: [note] };
      const live = { ...body, policy: example.policy, availability: { available: true }, server } as never;
      const kind = kindsOfServer(live, example.policy, example.host).find(({ what }) => what === isOf);
      expect([example, decided(example, args, offeredOf(live, 1))]).toEqual([
        example,
        said(kind as KindPolicy, example),
      ]);
    }
  },
);

test("the terminal says that commands without network ask nobody", () => {
  const kinds = kindsOf({ name: "use_terminal", policy: "inherit", level: "network" }, catalogue, DEFAULT_HOST_POLICY);
  expect(kinds.map(kindSentence)).toEqual([
    "Commands without network run without asking.",
    "Commands with network ask a person; to allowed hosts they run without asking. After the task has read content from outside, they always ask a person.",
  ]);
  expect(policySummary(kinds)).toBe(
    "Automatic: commands without network. Ask a person (not for allowed hosts): commands with network",
  );
});
