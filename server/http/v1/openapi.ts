/** Generates the OpenAPI description from the routes, so that it always matches them. */
import { z } from "zod";
import { PARAMETERS, type Parameter } from "./query";
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
  description: "The server runs requests with the same key only once within a day.",
};
const IF_MATCH = {
  name: "If-Match",
  in: "header",
  required: true,
  schema: { type: "string" },
  description: "The version to change: the ETag of GET, or * for any version.",
};
const ETAG = { description: "The version.", schema: { type: "string" } };

/** Returns an OpenAPI 3.1 document of the routes, which are keyed by `METHOD address`. */
export function describeApi(routes: Readonly<Record<string, Route>>): Json {
  const paths: Record<string, Json> = {};
  for (const [name, route] of Object.entries(routes))
    for (const address of addressesOf(name)) {
      const [method = "", path = ""] = address.split(" ");
      paths[path] = { ...paths[path], [method.toLowerCase()]: operationOf(name, address, route) };
    }
  return {
    openapi: "3.1.0",
    info: {
      title: "Banyan",
      version: "1",
      description:
        "Errors are problem documents (RFC 9457). For the next page of a list, send the `next` of this page as `after`; null means the last page. Times are ISO 8601, money is in US dollars.",
    },
    servers: [{ url: "/api/v1" }],
    security: [{ token: [] }, { session: [] }],
    paths,
    components: {
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

const PROBLEM = {
  type: "object",
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string", description: "A sentence for the person who sees the error." },
    issues: {
      type: "array",
      description: "The fields of the request that are wrong; `detail` is about the first.",
      items: {
        type: "object",
        properties: {
          path: { type: "array", items: { type: ["string", "integer"] } },
          message: { type: "string", description: "A sentence that does not name the field." },
        },
        required: ["path", "message"],
      },
    },
  },
  required: ["type", "title", "status", "detail"],
};

function addressesOf(name: string): string[] {
  const units = name.includes(":unit") ? ["trees", "tasks"] : [""];
  return units.map((unit) => name.replace(":unit", unit).replace(":id", "{id}").replace(" ", " /"));
}

function operationOf(name: string, address: string, { query, takes, status, etag, declared }: Route): Json {
  const isPost = name.startsWith("POST ");
  const parameters = [
    ...(address.includes("{id}") ? [{ name: "id", in: "path", required: true, schema: { type: "string" } }] : []),
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
    parameters,
    ...(takes
      ? { requestBody: { required: !isOptional(takes), content: { [JSON_BODY]: { schema: schemaOf(takes) } } } }
      : {}),
    responses: {
      [status]: {
        description: "Done.",
        ...(etag ? { headers: { ETag: ETAG } } : {}),
        content: { [JSON_BODY]: { schema } },
      },
      default: {
        description: "The request failed; `detail` says why.",
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      },
    },
  };
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
