/**
 * Schemas of tools as well-known servers publish them, and as people reported them when a provider refused them: for
 * tests of every provider. The names are those of the servers' tools.
 */
import type { ToolSpec } from "@/core/log/model";
import { oddTools } from "./strangers-odd";

const text = { type: "string" };
const whole = { type: "integer" };
const draft07 = "http://json-schema.org/draft-07/schema#";

function tool(name: string, inputSchema: Record<string, unknown>, description = `Calls ${name}.`): ToolSpec {
  return { name, description, inputSchema };
}

function withProperties(name: string, properties: Record<string, unknown>, required: string[] = []): ToolSpec {
  const schema = { $schema: draft07, type: "object", properties, required, additionalProperties: false };
  return tool(name, schema);
}

const richText = {
  type: "array",
  items: {
    type: "object",
    properties: {
      type: { type: "string", const: "text" },
      text: {
        type: "object",
        properties: {
          content: { type: "string", maxLength: 2000 },
          link: { type: ["object", "null"], properties: { url: text } },
        },
        required: ["content"],
      },
    },
    required: ["text"],
  },
};

export const strangers: ToolSpec[] = [
  withProperties(
    "github__create_pull_request_review",
    {
      owner: text,
      repo: text,
      pull_number: { type: "number" },
      event: { type: "string", enum: ["APPROVE", "REQUEST_CHANGES", "COMMENT"] },
      comments: {
        type: "array",
        items: {
          anyOf: [
            {
              type: "object",
              properties: { path: text, position: { type: "number" }, body: text },
              required: ["path", "position", "body"],
              additionalProperties: false,
            },
            {
              type: "object",
              properties: { path: text, line: { type: "number" }, body: text },
              required: ["path", "line", "body"],
              additionalProperties: false,
            },
          ],
        },
      },
    },
    ["owner", "repo", "pull_number", "event"],
  ),
  withProperties("github__push_files", {
    branch: text,
    files: {
      type: "array",
      items: { type: "object", properties: { path: text, content: text }, required: ["path", "content"] },
    },
  }),
  withProperties("github__list_issues", {
    labels: { type: "array" },
    since: { type: "string", format: "date-time" },
    state: { enum: ["open", "closed", "all"] },
  }),
  tool("notion__API-patch-block-children", {
    $defs: {
      richTextRequest: richText,
      paragraph: {
        type: "object",
        properties: { paragraph: { type: "object", properties: { rich_text: { $ref: "#/$defs/richTextRequest" } } } },
      },
    },
    type: "object",
    properties: {
      block_id: text,
      children: {
        type: "array",
        maxItems: 100,
        items: {
          oneOf: [
            { $ref: "#/$defs/paragraph" },
            { type: "object", properties: { bulleted_list_item: { $ref: "#/$defs/paragraph" } } },
          ],
        },
      },
    },
    required: ["block_id", "children"],
  }),
  tool("notion__API-post-page", {
    type: "object",
    properties: {
      parent: {
        oneOf: [
          { type: "object", properties: { page_id: { type: "string", format: "uuid" } } },
          { type: "object", properties: { database_id: text } },
        ],
      },
      properties: { type: "object", properties: { title: richText }, additionalProperties: true },
      icon: { type: "string", format: "json" },
    },
    required: ["parent", "properties"],
  }),
  tool("notion__API-post-search", {
    type: "object",
    properties: {
      filter: { type: "object", properties: { value: text, property: { const: "object" } } },
      start_cursor: text,
      page_size: { type: "integer", default: 100 },
    },
  }),
  withProperties(
    "linear__create_issue",
    {
      title: text,
      teamId: text,
      priority: { type: "number", minimum: 0, maximum: 4, description: "0 none, 1 urgent" },
      estimate: { type: ["number", "null"] },
    },
    ["title", "teamId"],
  ),
  withProperties("linear__list_issues", {
    orderBy: { type: "string", enum: ["createdAt", "updatedAt"], default: "updatedAt" },
    assignee: { anyOf: [text, { type: "null" }] },
  }),
  withProperties("stripe__create_price", {
    product: text,
    unit_amount: whole,
    currency: { type: "string", pattern: "^[a-z]{3}$" },
    recurring: { type: "object", properties: { interval: { enum: ["day", "week", "month", "year"] } } },
  }),
  withProperties("stripe__list_customers", {
    limit: { type: "integer", minimum: 1, maximum: 100, exclusiveMinimum: 0 },
    email: { type: "string", format: "email" },
  }),
  withProperties("stripe__update_dispute", {
    dispute: text,
    evidence: { type: "object", additionalProperties: { type: "string" } },
    submit: { type: "boolean" },
  }),
  withProperties(
    "playwright__browser_click",
    {
      element: text,
      ref: text,
      button: { type: "string", enum: ["left", "right", "middle"] },
      modifiers: { type: "array", items: { enum: ["Alt", "Shift"] } },
    },
    ["element", "ref"],
  ),
  withProperties("playwright__browser_fill_form", {
    fields: {
      type: "array",
      items: {
        type: "object",
        properties: { name: text, type: { type: "string", enum: ["textbox", "checkbox"] }, value: text },
        required: ["name", "type", "value"],
      },
    },
  }),
  tool("playwright__browser_close", { type: "object", properties: {}, additionalProperties: false, $schema: draft07 }),
  withProperties("filesystem__edit_file", {
    path: text,
    edits: {
      type: "array",
      items: { type: "object", properties: { oldText: text, newText: text }, required: ["oldText", "newText"] },
    },
    dryRun: { type: "boolean", default: false },
  }),
  withProperties(
    "filesystem__read_text_file",
    { path: text, head: { type: "number", description: "lines" }, tail: { type: "number" } },
    ["path"],
  ),
  tool("filesystem__list_allowed_directories", { type: "object", properties: {}, required: [] }),
  tool("postgres__query", { type: "object", properties: { sql: text } }),
  tool("postgres__list_schemas", { type: "object" }),
  withProperties(
    "slack__post_message",
    {
      channel: text,
      blocks: { type: "array", items: {} },
      thread_ts: { type: "string", pattern: "^(?=\\d)\\d+\\.\\d{6}$" },
    },
    ["channel"],
  ),
  withProperties("slack__get_history", { limit: { type: "number", default: 10 }, metadata: {} }),
  tool("sentry__search_issues", {
    type: "object",
    properties: {
      regionUrl: { type: ["string", "null"], format: "uri", default: null },
      statsPeriod: { type: "string", enum: ["", "24h", "14d"] },
    },
    required: ["organizationSlug"],
  }),
  tool("sentry__update_issue", {
    type: "object",
    properties: {
      status: { anyOf: [{ const: "resolved" }, { const: "ignored" }, { type: "null" }] },
      assignedTo: { type: "string" },
    },
  }),
  tool("microsoft_graph__list-mail-messages", {
    type: "object",
    properties: {
      $top: whole,
      $filter: text,
      $select: { type: "array", items: text },
      $orderby: { type: "array", items: text },
      "@odata.nextLink": text,
      top: { type: "string", description: "not the other one" },
    },
    required: ["$top"],
  }),
  tool("one_drive__copy_item", {
    type: "object",
    properties: { "@microsoft.graph.conflictBehavior": { enum: ["fail", "replace", "rename"] }, item_id: text },
  }),
  tool("appstore__list-apps", {
    type: "object",
    properties: {
      "filter[name]": text,
      "filter[bundleId]": { type: "array", items: text },
      "exists[parent]": { type: "boolean" },
      "page[size]": whole,
    },
  }),
  tool("zoom__create_a_meeting", {
    type: "object",
    properties: {
      settings__continuous__meeting__chat__auto__add__invited__external__users: { type: "boolean" },
      settings__continuous__meeting__chat__auto__add__invited__external__groups: { type: "boolean" },
    },
  }),
  tool("kubernetes__kubectl_apply", {
    type: "object",
    properties: { manifest: text, "dry-run": { type: "boolean" } },
    anyOf: [{ required: ["manifest"] }, { required: ["filename"] }],
  }),
  tool("maestro__run", {
    type: "object",
    oneOf: [{ required: ["yaml"] }, { required: ["files"] }],
    properties: { yaml: text, files: { type: "array", items: text } },
  }),
  tool("jira__jira_search", {
    allOf: [
      { type: "object", properties: { jql: text }, required: ["jql"] },
      { properties: { limit: { type: "integer", exclusiveMaximum: 51 } } },
    ],
  }),
  tool("mcp_gsuite__query_gmail_emails", {
    type: "object",
    properties: {
      query: { type: "string", required: false },
      max_results: { type: "integer", minimum: 1, exclusiveMinimum: true, required: true },
    },
    required: "max_results",
  }),
  tool("mcp_graphql__query-graphql", { type: "object", properties: { query: text, variables: { type: "any" } } }),
  tool("digitalocean__lb-create", { type: "object", properties: { DropletIDs: { type: "array" }, Region: text } }),
  tool("qdrant__upsert", {
    type: "object",
    properties: {
      vector: { type: "array", items: [{ type: "number" }, { type: "number" }] },
      pair: { type: "array", prefixItems: [text, whole] },
    },
  }),
  ...oddTools,
];
