/** Generates the OpenAPI description from the routes, so that it always matches them. */
import { z } from "zod";
import { leastRoleWith, type Permission } from "@/core/rules/roles";
import { PROBLEM, PROBLEM_RESPONSES, problemsOf } from "./openapi-problems";
import { describeWebhooks } from "./openapi-webhooks";
import { PARAMETERS, type Parameter } from "./query";
import { describeBody } from "./requests/describe-body";
import type { Route } from "./routes";
import shapes from "./shapes.json" with { type: "json" };

type Json = Record<string, unknown>;

const { Answers: answers, ...schemas } = shapes;
const ANSWERS: Readonly<Record<string, Json>> = answers.properties;

const JSON_BODY = "application/json";
/** A header for POST requests that a client may retry. */
const IDEMPOTENCY_KEY = {
  name: "Idempotency-Key",
  in: "header",
  schema: { type: "string", maxLength: 255 },
  description:
    "The server runs requests with the same key only once within a day from the first one. If it dies before it has stored the answer, a repetition makes no second tree, fork, service, run, schedule or rule, and a grant, a message, a retry or a continuation takes no effect again; other requests may.",
};
const IF_MATCH = {
  name: "If-Match",
  in: "header",
  required: true,
  schema: { type: "string" },
  description: "The version to change: the ETag of GET, or * for any version.",
};
const ETAG = { description: "The version.", schema: { type: "string" } };

/** What the `id` of an address is, where it is no id that Banyan has made. */
const IDS: Readonly<Record<string, string>> = {
  trees: "The id of the tree, or a unique prefix of it.",
  tasks: "The id of the task, or a unique prefix of it.",
  messages: "The `seq` of the message.",
  reports: "The month, such as 2026-11.",
  archives: "The name of the file in `archives/` of the data folder.",
  models: "The name of the model, with its provider: `provider/model`, encoded.",
  users: "The e-mail address or the id of the user.",
  "provider-keys": "The name of the provider.",
  secrets: "The name of the secret, encoded.",
  projects: "The name of the project.",
  services: "The name of the service's project.",
  agents: "The name of the agent.",
  documents: "The name of the document.",
  runbooks: "The name of the runbook.",
  tools: "The name of the tool or the tool server.",
  backups: "The name of the backup.",
  runners: "The name of the runner.",
  templates: "The name of the template.",
};

/** Which permission a route needs; null if it only reads. */
type RightOf = (name: string) => Permission | null;

/** Returns an OpenAPI 3.1 document of the routes, which are keyed by `METHOD address`. */
export function describeApi(routes: Readonly<Record<string, Route>>, rightOf: RightOf): Json {
  const paths: Record<string, Json> = {};
  for (const [name, route] of Object.entries(routes))
    for (const address of addressesOf(name)) {
      const [method = "", path = ""] = address.split(" ");
      paths[path] = { ...paths[path], [method.toLowerCase()]: operationOf(name, address, route, rightOf(name)) };
    }
  return {
    openapi: "3.1.0",
    info: {
      title: "Banyan",
      version: "1",
      description:
        "Errors are problem documents (RFC 9457): match their `type`. Unknown query parameters are refused. Each address answers HEAD where it answers GET, and OPTIONS with its methods in `Allow`; another method gets 405. For the next page of a list, send the `next` of this page as `after`; null means the last page. Times are ISO 8601, money is in US dollars.",
    },
    servers: [{ url: "/api/v1" }],
    security: [{ token: [] }, { session: [] }],
    paths,
    webhooks: describeWebhooks(),
    components: {
      responses: PROBLEM_RESPONSES,
      securitySchemes: {
        token: {
          type: "http",
          scheme: "bearer",
          description: "An API token, created with `npx banyan token create` or on the page Settings, Tokens.",
        },
        session: {
          type: "apiKey",
          in: "cookie",
          name: "banyan_session",
          description: "The session of a signed-in person.",
        },
      },
      schemas: { ...schemas, Problem: PROBLEM },
    },
  };
}

function addressesOf(name: string): string[] {
  const units = name.includes(":unit") ? ["trees", "tasks"] : [""];
  return units.map((unit) => name.replace(":unit", unit).replace(":id", "{id}").replace(" ", " /"));
}

function operationOf(name: string, address: string, route: Route, right: Permission | null): Json {
  const { query, takes, status, etag, declared } = route;
  const isPost = name.startsWith("POST ");
  const parameters = [
    ...(address.includes("{id}") ? [idOf(address)] : []),
    ...query.map(parameterOf),
    ...(etag === "needs" ? [IF_MATCH] : []),
    ...(isPost ? [IDEMPOTENCY_KEY] : []),
  ];
  const { description: summary, ...schema } = declared
    ? { ...schemaOf(declared.result), description: declared.summary }
    : (ANSWERS[name] ?? {});
  return {
    operationId: operationIdOf(address),
    tags: [address.split("/")[1]],
    summary,
    description: descriptionOf(route, right),
    parameters,
    ...(takes
      ? {
          requestBody: {
            required: !isOptional(takes),
            description: "The fields of the request.",
            content: { [JSON_BODY]: { schema: describeBody(name, schemaOf(takes)) } },
          },
        }
      : {}),
    responses: {
      [status]: {
        description: "Done.",
        ...(etag ? { headers: { ETag: ETAG } } : {}),
        content: { [JSON_BODY]: { schema } },
      },
      ...problemsOf(name, route),
    },
  };
}

/** Returns what the summary does not say: who may do it, and what it has to do with versions and pages. */
function descriptionOf({ query, etag }: Route, right: Permission | null): string {
  const sentences = [
    right === null ? "Reads what the caller may see." : `Needs the role ${leastRoleWith(right)}, or one above it.`,
    query.includes("after") && query.includes("limit") ? "Answers one page; `next` leads to the next one." : "",
    etag === "gives" ? "Answers with the version as `ETag`." : "",
    etag === "needs" ? "Changes the version that `If-Match` names, and answers with the new one as `ETag`." : "",
  ];
  return sentences.filter(Boolean).join(" ");
}

function idOf(address: string): Json {
  const description = IDS[address.split("/")[1] ?? ""] ?? "The id, as the list of these items shows it.";
  return { name: "id", in: "path", required: true, schema: { type: "string" }, description };
}

/** Returns the operation id: `POST /tasks/{id}/steer` becomes `postTasksIdSteer`. */
function operationIdOf(address: string): string {
  const [method = "", ...words] = address.split(/[^A-Za-z]+/).filter(Boolean);
  return method.toLowerCase() + words.map((word) => word[0]?.toUpperCase() + word.slice(1)).join("");
}

function parameterOf(name: Parameter): Json {
  return { name, in: "query", ...PARAMETERS[name] };
}

function isOptional(takes: z.ZodType): boolean {
  return takes.safeParse({}).success;
}

function schemaOf(type: z.ZodType): Json {
  const { $schema: _, ...schema } = z.toJSONSchema(type, {
    io: "input",
    target: "draft-2020-12",
    unrepresentable: "any",
  });
  // A shape of the description itself.
  return "$ref" in schema ? { $ref: schema.$ref } : schema;
}
