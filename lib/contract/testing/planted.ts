/** Faults that break the document in one place each, with what a finding says: code, operation, place and rule. */
import { Buffer } from "node:buffer";
import type { Asked, Plant, Prepared } from "./reports-server";

type Json = Record<string, unknown>;

/** Changes the answers of one operation, for example `GET /reports`, that have this status. */
function onAnswer(
  method: string,
  path: RegExp,
  status: number,
  change: (prepared: Prepared, asked: Asked) => Prepared,
): Plant {
  return {
    answer: (prepared, asked) =>
      asked.method === method && path.test(asked.path) && prepared.status === status
        ? change(prepared, asked)
        : prepared,
  };
}

const ALL = /^\/reports$/;
const ONE = /^\/reports\/[^/]+$/;

function withBody(change: (body: Json) => unknown): (prepared: Prepared) => Prepared {
  return (prepared) => ({ ...prepared, body: change(structuredClone(prepared.body) as Json) });
}

/** Answers 500 to a request of this method whose body is so. */
function failsWhen(method: string, isSo: (body: Json, asked: Asked) => boolean): Plant {
  return {
    raw(asked, response) {
      let body: unknown = null;
      try {
        body = JSON.parse(asked.body);
      } catch {
        // Not every request has one.
      }
      if (asked.method !== method || typeof body !== "object" || body === null || !isSo(body as Json, asked))
        return false;
      response.writeHead(500).end("Internal error");
      return true;
    },
  };
}

export const PLANTED: Record<string, Plant & { expected: string }> = {
  "a status that is not listed": {
    ...onAnswer("POST", ALL, 201, (prepared) => ({ ...prepared, status: 202 })),
    expected: "status-undocumented | POST /reports | status",
  },
  "an error that is not listed": {
    ...onAnswer("PATCH", ONE, 422, (prepared) => ({ ...prepared, status: 409 })),
    expected: "status-undocumented | PATCH /reports/{id} | status",
  },
  "a required field that is missing": {
    ...onAnswer(
      "GET",
      ONE,
      200,
      withBody(({ reason: _, ...rest }) => rest),
    ),
    expected: "body-breaks-schema | GET /reports/{id} | body/reason | required",
  },
  "a number sent as text": {
    ...onAnswer(
      "PATCH",
      ONE,
      200,
      withBody((body) => ({ ...body, quantity: String(body.quantity) })),
    ),
    expected: "body-breaks-schema | PATCH /reports/{id} | body/quantity | type",
  },
  "a field that is not described": {
    ...onAnswer(
      "POST",
      ALL,
      201,
      withBody((body) => ({ ...body, passwordHash: "x" })),
    ),
    expected: "body-breaks-schema | POST /reports | body/passwordHash | additionalProperties",
  },
  "500 on an emoji at the limit of the length": {
    ...failsWhen(
      "POST",
      ({ reason }) => typeof reason === "string" && reason.length > 1_000 && [...reason].length <= 1_000,
    ),
    expected: "server-error | POST /reports | status",
  },
  "limit=0 is ignored": {
    unchecked: ["limit"],
    expected: "invalid-accepted | GET /reports | query limit | too-low",
  },
  "another media type": {
    ...onAnswer("GET", ALL, 200, (prepared) => ({
      ...prepared,
      headers: { ...prepared.headers, "content-type": "text/html" },
    })),
    expected: "media-type-undocumented | GET /reports | content-type",
  },
  "a value outside of the list": {
    ...onAnswer(
      "GET",
      ONE,
      200,
      withBody((body) => ({ ...body, kind: "lost" })),
    ),
    expected: "body-breaks-schema | GET /reports/{id} | body/kind | enum",
  },
  "a date that is none": {
    ...onAnswer(
      "POST",
      ALL,
      201,
      withBody((body) => ({ ...body, createdAt: "27 Nov 2026" })),
    ),
    expected: "body-breaks-schema | POST /reports | body/createdAt | format",
  },
  "a required header that is missing": {
    ...onAnswer("POST", ALL, 201, ({ headers: { location: _, ...headers }, ...prepared }) => ({
      ...prepared,
      headers,
    })),
    expected: "header-missing | POST /reports | header location",
  },
  "a header of another type": {
    ...onAnswer("GET", ALL, 200, (prepared) => ({ ...prepared, headers: { ...prepared.headers, "x-total": "many" } })),
    expected: "header-breaks-schema | GET /reports | header x-total | type",
  },
  "204 with a body": {
    raw(asked, response) {
      if (asked.method !== "PUT") return false;
      const body = "Kept.";
      response.socket?.end(`HTTP/1.1 204 No Content\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
      return true;
    },
    expected: "body-undocumented | PUT /reports/{reportId}/photos/{n} | body",
  },
  "a missing field is accepted": {
    unchecked: ["order-missing"],
    expected: "invalid-accepted | POST /reports | body/order | missing",
  },
  "a number over the limit is accepted": {
    unchecked: ["quantity"],
    expected: "invalid-accepted | POST /reports | body/quantity | too-high",
  },
  "a text over the limit is accepted": {
    unchecked: ["reason"],
    expected: "invalid-accepted | PATCH /reports/{id} | body/reason | too-long",
  },
  "an unknown value of a list is accepted": {
    unchecked: ["kind"],
    expected: "invalid-accepted | GET /reports | query kind | enum",
  },
  "a field in an object is not checked": {
    unchecked: ["shelf"],
    expected: "invalid-accepted | POST /reports | body/place/shelf | too-low",
  },
  "a field that is not described is accepted": {
    unchecked: ["unknown-field"],
    expected: "invalid-accepted | POST /reports | body/unknownField | unknown-field",
  },
  "a parameter in the path over the limit is accepted": {
    unchecked: ["n"],
    expected: "invalid-accepted | PUT /reports/{reportId}/photos/{n} | path n | too-high",
  },
  "a missing header is accepted": {
    unchecked: ["device"],
    expected: "invalid-accepted | PUT /reports/{reportId}/photos/{n} | header X-Device | missing",
  },
  "another media type is accepted": {
    asked: (asked) => ({
      ...asked,
      headers: { ...asked.headers, "content-type": "application/json" },
      body: asked.body.startsWith("<") ? '{"quantity":1}' : asked.body,
    }),
    expected: "invalid-accepted | PATCH /reports/{id} | content-type | media-type",
  },
  "500 on malformed JSON": {
    raw(asked, response) {
      if (asked.body !== '{"a": ') return false;
      response.writeHead(500).end();
      return true;
    },
    expected: "server-error | POST /reports | body | malformed",
  },
  "200 for an unknown id": {
    raw(asked, response) {
      if (asked.method !== "DELETE") return false;
      response.writeHead(204).end();
      return true;
    },
    expected: "unknown-id-accepted | DELETE /reports/{id} | path id",
  },
  "a delete that does not delete": {
    keepsDeleted: true,
    expected: "still-there-after-delete | DELETE /reports/{id} | status",
  },
  "a create that does not create": {
    forgetsCreated: true,
    expected: "created-not-found | GET /reports/{id} | status",
  },
  "null where it is not valid": {
    ...onAnswer(
      "GET",
      ONE,
      200,
      withBody((body) => ({ ...body, reason: null })),
    ),
    expected: "body-breaks-schema | GET /reports/{id} | body/reason | type",
  },
  "500 on null in an optional field": {
    ...failsWhen("POST", ({ email }) => email === null),
    expected: "server-error | POST /reports | status",
  },
  "an item of a list is wrong": {
    ...onAnswer(
      "GET",
      ALL,
      200,
      withBody((body) => ({ ...body, items: (body.items as Json[]).map((item) => ({ ...item, id: "7" })) })),
    ),
    expected: "body-breaks-schema | GET /reports | body/items/0/id | format",
  },
  "a problem document with another status": {
    ...onAnswer(
      "GET",
      ONE,
      404,
      withBody((body) => ({ ...body, status: 400 })),
    ),
    expected: "problem-document-wrong | GET /reports/{id} | body/status",
  },
  "JSON that ends too early": {
    ...onAnswer("GET", ALL, 200, (prepared) => ({ ...prepared, body: '{"items": [' })),
    expected: "body-malformed | GET /reports | body",
  },
  "a connection that is closed": {
    raw(asked, response) {
      if (asked.method !== "PATCH" || !asked.body.includes('"quantity":1000')) return false;
      response.socket?.destroy();
      return true;
    },
    expected: "connection-failed | PATCH /reports/{id} | answer",
  },
};
