/** The MCP server that the conformance suite asks for, to be served through the plumbing of `/mcp`. */
import {
  type GetPromptResult,
  type InputRequiredResult,
  inputRequired,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type ServerContext,
} from "@modelcontextprotocol/server";
import type { CreateMcpServer } from "@/server/mcp/server";
import { serveTasks, TASKS_CAPABILITY } from "@/server/mcp/tasks/protocol";
import { CONTENT_TOOLS, PNG } from "./content";
import { type FixtureTool, texts } from "./fixture";
import { answerOf, elicit, QUESTION_TOOLS, stateCodec } from "./questions";
import { FIXTURE_TASKS, TASK_TOOLS } from "./tasks";

const TOOLS: readonly FixtureTool[] = [...CONTENT_TOOLS, ...QUESTION_TOOLS, ...TASK_TOOLS];

export const createFixtureServer: CreateMcpServer = (_caller, _outcome, era) => {
  const capabilities = {
    tools: {},
    resources: era === "legacy" ? { subscribe: true } : {},
    prompts: {},
    logging: {},
    completions: {},
    ...(era === "modern" && TASKS_CAPABILITY),
  };
  const requestState = { verify: stateCodec.verify };
  const server = new Server({ name: "conformance-fixtures", version: "1" }, { capabilities, requestState });
  server.setRequestHandler("tools/list", () => ({
    tools: TOOLS.map(({ name, description, inputSchema }) => ({ name, description, inputSchema })),
  }));
  server.setRequestHandler("tools/call", ({ params }, { mcpReq }) => {
    const tool = TOOLS.find(({ name }) => name === params.name);
    if (!tool) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `There is no tool ${params.name}.`);
    return tool.run({ args: params.arguments ?? {}, mcpReq });
  });
  serveResources(server);
  if (era === "legacy") {
    server.setRequestHandler("resources/subscribe", () => ({}));
    server.setRequestHandler("resources/unsubscribe", () => ({}));
  } else serveTasks(server, FIXTURE_TASKS);
  server.setRequestHandler("prompts/list", () => ({ prompts: PROMPTS }));
  server.setRequestHandler("prompts/get", ({ params }, { mcpReq }) =>
    promptOf(params.name, params.arguments ?? {}, mcpReq),
  );
  server.setRequestHandler("completion/complete", () => ({ completion: { values: [], total: 0, hasMore: false } }));
  return server;
};

const RESOURCES = [
  { uri: "test://static-text", name: "text", description: "A text.", mimeType: "text/plain" },
  { uri: "test://static-binary", name: "binary", description: "A picture.", mimeType: "image/png" },
  { uri: "test://watched-resource", name: "watched", description: "A text to watch.", mimeType: "text/plain" },
];
const TEMPLATE = {
  uriTemplate: "test://template/{id}/data",
  name: "template",
  description: "Data by id.",
  mimeType: "application/json",
};

function serveResources(server: Server): void {
  server.setRequestHandler("resources/list", () => ({ resources: RESOURCES }));
  server.setRequestHandler("resources/templates/list", () => ({ resourceTemplates: [TEMPLATE] }));
  server.setRequestHandler("resources/read", ({ params: { uri } }) => {
    const known = RESOURCES.find((resource) => resource.uri === uri);
    if (known?.mimeType === "image/png") return { contents: [{ uri, mimeType: known.mimeType, blob: PNG }] };
    const text = "This is the content of the static text resource.";
    if (known) return { contents: [{ uri, mimeType: known.mimeType, text }] };
    const id = /^test:\/\/template\/([^/]+)\/data$/.exec(uri)?.[1];
    if (id === undefined) throw new ProtocolError(ProtocolErrorCode.InvalidParams, "Resource not found", { uri });
    const data = JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` });
    return { contents: [{ uri, mimeType: TEMPLATE.mimeType, text: data }] };
  });
}

const argument = (name: string) => ({ name, description: "An argument.", required: true });
const PROMPTS = [
  { name: "test_simple_prompt", description: "A text." },
  { name: "test_prompt_with_arguments", description: "Arguments.", arguments: ["arg1", "arg2"].map(argument) },
  { name: "test_prompt_with_embedded_resource", description: "A resource.", arguments: [argument("resourceUri")] },
  { name: "test_prompt_with_image", description: "A picture." },
  { name: "test_input_required_result_prompt", description: "Asks first." },
];

function promptOf(
  name: string,
  args: Record<string, string>,
  mcpReq: ServerContext["mcpReq"],
): GetPromptResult | InputRequiredResult {
  const text = (words: string) => ({ role: "user" as const, content: { type: "text" as const, text: words } });
  if (name === "test_simple_prompt") return { messages: [text("This is a simple prompt for testing.")] };
  if (name === "test_prompt_with_arguments")
    return { messages: [text(`Prompt with arguments: arg1='${args.arg1}', arg2='${args.arg2}'`)] };
  if (name === "test_prompt_with_embedded_resource") {
    const embedded = { uri: args.resourceUri ?? "", mimeType: "text/plain" };
    const resource = { ...embedded, text: "Embedded resource content for testing." };
    const messages = [{ role: "user" as const, content: { type: "resource" as const, resource } }];
    return { messages: [...messages, text("Please process the embedded resource above.")] };
  }
  if (name === "test_prompt_with_image") {
    const content = { type: "image" as const, data: PNG, mimeType: "image/png" };
    return { messages: [{ role: "user", content }, text("Please analyze the image above.")] };
  }
  if (name !== "test_input_required_result_prompt")
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, `There is no prompt ${name}.`);
  const context = answerOf(mcpReq, "user_context", "context");
  if (context !== null) return { messages: [text(`Context: ${context}`)] };
  const question = elicit("What context should the prompt use?", texts("context"));
  return inputRequired({ inputRequests: { user_context: question } });
}
