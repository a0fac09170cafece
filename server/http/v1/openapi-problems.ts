/** The problems in the API's description: which operation can answer with which, and what they look like. */
import { PROBLEM_KINDS, PROBLEMS_PATH, type ProblemKind, typeOf } from "@/lib/http/problem-kinds";
import type { Parameter } from "./query";
import type { Route } from "./routes";

type Json = Record<string, unknown>;

const PROBLEM_BODY = "application/problem+json";
/** Parameters that name a thing, which may not exist. */
const NAMING: readonly Parameter[] = ["tree", "with", "lesson", "task", "file", "path", "project", "at", "alike"];
/** Addresses that read logs, which may be damaged. */
const OF_LOGS = /^[A-Z]+ (:unit|trees|tasks|messages)\//;

export const PROBLEM = {
  type: "object",
  description: "Why a request failed (RFC 9457).",
  properties: {
    type: {
      type: "string",
      description: `Which problem it is, for programs: one of ${kinds().map(typeOf).join(", ")}. Later versions may add others. GET of this path, on the server and outside of /api/v1, explains the problem.`,
    },
    title: { type: "string", description: "The name of the problem, for people." },
    status: { type: "integer", description: "The status of the answer." },
    detail: { type: "string", description: "A sentence for the person who sees the error." },
    refusal: { type: "object", description: "What a program can do about it; absent where it can do nothing." },
    issues: {
      type: "array",
      description: "The fields of the request that are wrong; `detail` is about the first.",
      items: {
        type: "object",
        properties: {
          path: {
            type: "array",
            items: { type: ["string", "integer"] },
            description: "Where the field is in the body.",
          },
          message: { type: "string", description: "A sentence that does not name the field." },
        },
        required: ["path", "message"],
      },
    },
  },
  required: ["type", "title", "status", "detail"],
};

/** The answers of each status below 500, by their name in the description. */
export const PROBLEM_RESPONSES: Readonly<Record<string, Json>> = Object.fromEntries(
  statuses().map((status) => [nameOf(status), responseOf(status)]),
);

/** Returns the answers of a route to failed requests, by status. */
export function problemsOf(name: string, { command, query, takes, etag }: Route): Json {
  const method = name.split(" ")[0];
  const hasBody = method === "POST" || method === "PUT";
  const can: Readonly<Record<number, boolean>> = {
    400: true,
    401: true,
    403: true,
    404: name.includes(":id") || takes !== null || query.some((parameter) => NAMING.includes(parameter)),
    409: command !== null || OF_LOGS.test(name),
    412: etag === "needs",
    413: hasBody,
    422: method === "POST",
    428: etag === "needs",
    429: true,
  };
  const described = statuses()
    .filter((status) => can[status])
    .map((status) => [status, { $ref: `#/components/responses/${nameOf(status)}` }]);
  return {
    ...Object.fromEntries(described),
    default: {
      description: "The server failed, or is not available: 500 or 503.",
      content: { [PROBLEM_BODY]: { schema: { $ref: "#/components/schemas/Problem" } } },
    },
  };
}

function kinds(): ProblemKind[] {
  return Object.keys(PROBLEM_KINDS) as ProblemKind[];
}

function kindsOf(status: number): ProblemKind[] {
  return kinds().filter((kind) => PROBLEM_KINDS[kind].status === status);
}

/** Returns the statuses that an operation can answer with; 405 is for methods that the description does not have. */
function statuses(): number[] {
  const all = new Set(kinds().map((kind) => PROBLEM_KINDS[kind].status as number));
  return [...all].filter((status) => status < 500 && status !== 405);
}

/** Returns the name of an answer: that of 400 is `InvalidRequest`. */
function nameOf(status: number): string {
  const [kind = ""] = kindsOf(status);
  return kind.replace(/(^|-)([a-z])/g, (_, _dash: string, letter: string) => letter.toUpperCase());
}

function responseOf(status: number): Json {
  const said = kindsOf(status).map((kind) => `${typeOf(kind)}: ${PROBLEM_KINDS[kind].means}`);
  const challenge = { description: "`Bearer`: send a token.", schema: { type: "string" } };
  const wait = { description: "After how many seconds to try again.", schema: { type: "integer" } };
  return {
    description: said.join(" "),
    ...(status === 401 ? { headers: { "WWW-Authenticate": challenge } } : {}),
    ...(status === 429 ? { headers: { "Retry-After": wait } } : {}),
    content: {
      [PROBLEM_BODY]: {
        schema: { $ref: "#/components/schemas/Problem" },
        examples: Object.fromEntries(kindsOf(status).map((kind) => [kind, exampleOf(kind)])),
      },
    },
  };
}

function exampleOf(kind: ProblemKind): Json {
  const { title, status, means } = PROBLEM_KINDS[kind];
  return { summary: title, value: { type: `${PROBLEMS_PATH}/${kind}`, title, status, detail: means } };
}
