/** The description of the HTTP API: made of the routes themselves, so that it says what they do. */
import { z } from "zod";
import { PARAMETERS, type Parameter } from "./query";
import type { Route } from "./routes";
import shapes from "./shapes.json" with { type: "json" };

type Json = Record<string, unknown>;

const { Answers: answers, ...schemas } = shapes;
const ANSWERS: Readonly<Record<string, Json>> = answers.properties;

const JSON_BODY = "application/json";
/** Of POST requests that may be sent again. */
const IDEMPOTENCY_KEY = {
  ...{ name: "Idempotency-Key", in: "header", schema: { type: "string", maxLength: 255 } },
  description: "The request is carried out once, however often it is sent with the same key within a day.",
};
const IF_MATCH = {
  ...{ name: "If-Match", in: "header", required: true, schema: { type: "string" } },
  description: "The version that is changed: the ETag of GET; or * for any.",
};
const ETAG = { description: "The version.", schema: { type: "string" } };

/** An OpenAPI 3.1 document of these routes, by `METHOD address`. */
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
        "Errors are problem documents (RFC 9457). Lists go on with `after`, which is the `next` of the page before; null: that was all. Times are ISO 8601, money is in US dollars.",
    },
    servers: [{ url: "/api/v1" }],
    security: [{ token: [] }, { session: [] }],
    paths,
    components: {
      securitySchemes: {
        token: {
          type: "http",
          scheme: "bearer",
          description: "An API token: `npx banyan token create`, or the page Settings, Tokens.",
        },
        session: { type: "apiKey", in: "cookie", name: "banyan_session", description: "Of whoever has signed in." },
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
    detail: { type: "string", description: "One sentence for the person who meets it." },
  },
  required: ["type", "title", "status", "detail"],
};

function addressesOf(name: string): string[] {
  const units = name.includes(":unit") ? ["trees", "tasks"] : [""];
  return units.map((unit) => name.replace(":unit", unit).replace(":id", "{id}").replace(" ", " /"));
}

function operationOf(name: string, address: string, { query, takes, status, etag }: Route): Json {
  const isPost = name.startsWith("POST ");
  const parameters = [
    ...(address.includes("{id}") ? [{ name: "id", in: "path", required: true, schema: { type: "string" } }] : []),
    ...query.map(parameterOf),
    ...(etag === "needs" ? [IF_MATCH] : []),
    ...(isPost ? [IDEMPOTENCY_KEY] : []),
  ];
  const { description: summary, ...schema } = ANSWERS[name] ?? {};
  return {
    operationId: operationIdOf(address),
    tags: [address.split("/")[1]],
    summary,
    parameters,
    ...(takes
      ? { requestBody: { required: !isOptional(takes), content: { [JSON_BODY]: { schema: bodyOf(takes) } } } }
      : {}),
    responses: {
      [status]: {
        description: "Done.",
        ...(etag ? { headers: { ETag: ETAG } } : {}),
        content: { [JSON_BODY]: { schema } },
      },
      default: {
        description: "Nothing was done, and why.",
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      },
    },
  };
}

/** `POST /tasks/{id}/steer` is `postTasksIdSteer`. */
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

function bodyOf(takes: z.ZodType): Json {
  const { $schema: _, ...schema } = z.toJSONSchema(takes, {
    io: "input",
    target: "draft-2020-12",
    unrepresentable: "any",
  });
  return schema;
}
