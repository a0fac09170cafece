/** Tools of the conformance suite that return content, report progress, log, or fail. */
import { MissingRequiredClientCapabilityError } from "@modelcontextprotocol/server";
import { clientOf } from "@/server/mcp/tasks/protocol";
import { type FixtureTool, fixture, says, texts } from "./fixture";

/** A picture of one pixel. */
export const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";
/** A sound without samples. */
const WAV = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=";

const image = { type: "image" as const, data: PNG, mimeType: "image/png" };

const SCHEMA_2020_12 = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object" as const,
  $defs: {
    address: {
      $anchor: "addressDef",
      type: "object",
      properties: { street: { type: "string" }, city: { type: "string" } },
    },
  },
  properties: {
    name: { type: "string" },
    address: { $ref: "#/$defs/address" },
    contactMethod: { type: "string", enum: ["phone", "email"] },
    phone: { type: "string" },
    email: { type: "string" },
  },
  allOf: [{ anyOf: [{ required: ["phone"] }, { required: ["email"] }] }],
  if: { properties: { contactMethod: { const: "phone" } }, required: ["contactMethod"] },
  // As text, because an object with a field of this name looks like a promise.
  ...JSON.parse('{"then":{"required":["phone"]}}'),
  else: { required: ["email"] },
  additionalProperties: false,
};

const HEADER_SCHEMA = {
  type: "object" as const,
  properties: { region: { type: "string", "x-mcp-header": "Region" } },
  required: ["region"],
};

export const CONTENT_TOOLS: readonly FixtureTool[] = [
  fixture("test_simple_text", () => says("This is a simple text response for testing.")),
  fixture("test_image_content", () => ({ content: [image] })),
  fixture("test_audio_content", () => ({ content: [{ type: "audio", data: WAV, mimeType: "audio/wav" }] })),
  fixture("test_embedded_resource", () => ({
    content: [
      {
        type: "resource",
        resource: {
          uri: "test://embedded-resource",
          mimeType: "text/plain",
          text: "This is an embedded resource content.",
        },
      },
    ],
  })),
  fixture("test_multiple_content_types", () => ({
    content: [
      { type: "text", text: "Multiple content types test:" },
      image,
      {
        type: "resource",
        resource: {
          uri: "test://mixed-content-resource",
          mimeType: "application/json",
          text: JSON.stringify({ test: "data", value: 123 }),
        },
      },
    ],
  })),
  fixture("test_error_handling", () => ({
    ...says("This tool intentionally returns an error for testing"),
    isError: true,
  })),
  fixture("test_tool_with_progress", async ({ mcpReq }) => {
    const progressToken = mcpReq._meta?.progressToken;
    for (const progress of [0, 50, 100])
      if (progressToken !== undefined)
        await mcpReq.notify({ method: "notifications/progress", params: { progressToken, progress, total: 100 } });
    return says("Done.");
  }),
  fixture("test_tool_with_logging", logged),
  fixture("test_logging_tool", logged),
  fixture("test_missing_capability", ({ mcpReq }) => {
    if (!clientOf(mcpReq).sampling)
      throw new MissingRequiredClientCapabilityError({ requiredCapabilities: { sampling: {} } });
    return says("The client can sample.");
  }),
  fixture("json_schema_2020_12_tool", () => says("Valid."), SCHEMA_2020_12),
  fixture("test_header_argument", ({ args }) => says(`Region: ${args.region}`), HEADER_SCHEMA),
  fixture("greet", ({ args }) => says(`Hello, ${args.name}!`), texts("name")),
];

async function logged({ mcpReq }: Parameters<FixtureTool["run"]>[0]) {
  for (const data of ["Tool execution started", "Tool processing data", "Tool execution completed"])
    await mcpReq.log("info", data);
  return says("Logged.");
}
