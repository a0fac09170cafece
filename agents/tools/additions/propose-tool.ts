import { z } from "zod";
import type { ControlView } from "@/agents/tools/contract/control";
import { controlTool } from "@/agents/tools/contract/control";
import { response } from "@/core/notes";
import type { ServerBody, ToolBody } from "@/core/rules/configuration";
import { hazardsOf } from "@/lib/mcp/config/hazards";
import type { ServerConfig } from "@/lib/mcp/config/types";
import { serverName } from "./config-name";
import { mayWait, propose } from "./propose";

const text = (most: number) => z.string().trim().min(1).max(most);

const input = z.strictObject({
  name: serverName.describe("Name of the tool server. Agents call its tools as <name>__<tool>."),
  title: text(40),
  description: z.string().trim().min(20).max(240).describe("What its tools do. Agents choose tools by this text."),
  why: text(2_000).describe("What cannot be done without it, and why the existing tools are not enough."),
  level: z.enum(["read", "write", "network"]).describe("The highest level that its calls need. Do not ask for more."),
  folder: text(500)
    .optional()
    .describe("Workspace folder with the code that you wrote: an MCP server on stdin and stdout."),
  command: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._+-]{0,60}$/, "give the name of a program, such as node or python3")
    .default("node")
    .describe("The program that starts the server in that folder."),
  args: z
    .array(z.string().max(2_000))
    .max(50)
    .default([])
    .describe('The program\'s arguments, such as ["server.mjs"].'),
  test: text(2_000)
    .optional()
    .describe("The test command. The host runs it in a clean copy of the folder. Required with folder."),
  package: z
    .strictObject({
      name: z.string().regex(/^(@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*$/, "use the package's name on npm"),
      version: z.string().regex(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/, "use an exact version, such as 1.2.3"),
      args: z.array(z.string().max(2_000)).max(50).default([]),
    })
    .optional()
    .describe("An existing MCP server from npm, with its exact version, instead of your own code."),
  hosts: z
    .array(z.string().max(255))
    .max(20)
    .default([])
    .describe("Hosts that the server must reach, as host or host:port. Empty: no network."),
  workspace: z
    .enum(["none", "read", "write"])
    .default("none")
    .describe("The server's access to the tree's folder, at /workspace."),
  probe: z
    .strictObject({ tool: text(128), arguments: z.record(z.string(), z.unknown()).default({}) })
    .describe("A harmless call that the server must answer without an error before agents get its tools."),
  wait: z.boolean().default(true).describe("false: continue without waiting for the decision."),
});

export const proposeTool = controlTool({
  name: "propose_tool",
  description:
    "Proposes a server of new tools for a person to approve: code that you wrote and tested in the workspace, or an existing MCP package. The server starts, and agents get its tools, only after the approval. Waits for the decision unless wait is false.",
  input,
  async settle(given, call, view) {
    const refuse = (problem: string) => ({ entries: [response(view.state, call, problem, true)] });
    const wrong = problemOf(given, view);
    if (wrong) return refuse(wrong);
    const code = given.folder === undefined ? null : await view.code(given.folder, given.test ?? "");
    if (code && "problem" in code) return refuse(code.problem);
    const body = bodyOf(given, code?.files);
    const hazards = hazardsOf(body.server?.config as ServerConfig);
    const isTaken = view.registry.tools.some((tool) => tool.name === given.name);
    const item = {
      title: isTaken ? `Replace the tool server ${given.name}` : `New tool server ${given.name}`,
      detail: `${isTaken ? REPLACES : ""}${given.description}\n\n${given.why}`,
      evidence: [...hazards.map((hazard) => `Careful: ${hazard}`), evidenceOf(given, code)].join("\n\n"),
      blastRadius: hazards.length > 0 ? 5 : { read: 2, write: 3, network: 4 }[given.level],
      uncertainty: given.folder === undefined ? 4 : 3,
      ...(code && { facts: { tested: code.tested } }),
    };
    const proposal = { kind: "tool", name: given.name, body, why: given.why } as const;
    return propose({ ...proposal, ...item, waits: given.wait && mayWait(view) }, call, view);
  },
});

const REPLACES =
  "Replaces the server of this name. Its policies stay; the rules that approve its calls are switched off.\n\n";

type Given = z.output<typeof input>;

function problemOf(given: Given, view: ControlView): string | null {
  const { folder, package: pack, test, hosts, level, name } = given;
  if ((folder === undefined) === (pack === undefined)) return "Give either folder (your own code) or package.";
  if (folder !== undefined && test === undefined)
    return "Give test, the command that tests the server: untested code cannot be proposed.";
  if (hosts.length > 0 && level !== "network") return "Tools that reach hosts need the level network.";
  if (hosts.length === 0 && level === "network")
    return "The level network needs hosts: name the hosts that the server must reach.";
  const taken = view.registry.tools.find((tool) => tool.name === name);
  // Agents see only optional tools in their list, so the other tools are found by their schema.
  const isBuiltIn = taken ? taken.source !== "mcp" : view.schemaOf(name) !== undefined;
  return isBuiltIn ? `${name} is a built-in tool. Choose another name.` : null;
}

function bodyOf(given: Given, files: Record<string, string> | undefined): ToolBody {
  const { name, title, description, level, command, args, hosts, package: pack } = given;
  const launch = pack
    ? { command: "npx", args: ["-y", `${pack.name}@${pack.version}`, ...pack.args] }
    : { command, args };
  const config: ServerConfig = {
    kind: "stdio",
    name,
    env: {},
    isConfined: true,
    ...launch,
    ...(hosts.length > 0 && { hosts }),
  };
  const server: ServerBody = {
    config,
    ...(files && { files }),
    ...(given.test && { test: given.test }),
    probe: given.probe,
    tools: [],
    scope: "tree",
    workspace: given.workspace,
  };
  const availability = { available: true, since: "" } as const;
  return { name, title, description, level, source: "mcp", optional: true, policy: "inherit", availability, server };
}

function evidenceOf(given: Given, code: { files: Record<string, string>; tested: string } | null): string {
  const { command, args, package: pack, hosts, workspace } = given;
  const start = pack
    ? `npm package ${pack.name}@${pack.version}, ${JSON.stringify(pack.args)}`
    : [command, ...args].join(" ");
  const reach = hosts.length > 0 ? `reaches ${hosts.join(", ")}` : "no network";
  const files = Object.entries(code?.files ?? {}).map(([path, content]) => `--- ${path}\n${content}`);
  return [`Starts: ${start}; ${reach}; workspace: ${workspace}.`, code?.tested ?? "", ...files]
    .filter(Boolean)
    .join("\n\n");
}
