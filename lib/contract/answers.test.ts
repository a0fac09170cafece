import { describe, expect, test } from "vitest";
import type { Exchange } from "@/core/contract/exchange";
import { answerFaults } from "./answers";
import { readContract } from "./read";
import { REPORTS_YAML } from "./testing/reports-document";

const BASE = "http://service.example/v1";
const REPORT = {
  id: "7f0c07ff-74c7-459f-817b-5973535118aa",
  createdAt: "2026-11-27T13:31:00Z",
  order: "AB-1234",
  reason: "Wet",
  kind: "wet",
  quantity: 1,
};

interface Given {
  method?: string;
  path?: string;
  status?: number;
  type?: string;
  headers?: Record<string, string>;
  body?: unknown;
}

function exchange({
  method = "GET",
  path = `/reports/${REPORT.id}`,
  status = 200,
  type = "application/json",
  headers = {},
  body = REPORT,
}: Given): Exchange {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return {
    request: { method, url: BASE + path, headers: {}, body: null },
    answer: { status, headers: { "content-type": type, ...headers }, body: text, bytes: Buffer.byteLength(text) },
  };
}

async function faults(given: Given): Promise<string[] | null> {
  const contract = await readContract(REPORTS_YAML);
  const found = answerFaults(contract, exchange(given), BASE);
  return found?.map(({ code, place, rule }) => [code, place, rule].filter(Boolean).join(" | ")) ?? null;
}

describe("an answer", () => {
  test("that the document describes has no fault", async () => {
    expect(await faults({})).toEqual([]);
    expect(await faults({ type: "Application/JSON; charset=utf-8" })).toEqual([]);
    expect(await faults({ path: "/healthz", type: "text/plain", body: "ok" })).toEqual([]);
    expect(await faults({ method: "DELETE", status: 204, body: "" })).toEqual([]);
    const problem = { title: "None", status: 404 };
    expect(await faults({ status: 404, type: "application/problem+json", body: problem })).toEqual([]);
  });

  test("of an operation that the document does not have is not judged", async () => {
    expect(await faults({ method: "PUT" })).toBeNull();
    expect(await faults({ path: "/others" })).toBeNull();
    const contract = await readContract(REPORTS_YAML);
    expect(answerFaults(contract, exchange({}), "http://service.example/v2")).toBeNull();
    expect(answerFaults(contract, exchange({}), "http://other.example/v1")).toBeNull();
  });

  test.each<[string, Given, string[]]>([
    ["another status", { status: 206 }, ["status-undocumented | status"]],
    ["another media type", { type: "text/html" }, ["media-type-undocumented | content-type"]],
    ["no body", { body: "" }, ["body-missing | body"]],
    ["a body that is no JSON", { body: "{" }, ["body-malformed | body"]],
    [
      "a missing field and a wrong one",
      { body: { ...REPORT, order: undefined, kind: "lost" } },
      ["body-breaks-schema | body/kind | enum", "body-breaks-schema | body/order | required"],
    ],
    ["a missing header", { path: "/reports", body: { items: [], next: null } }, ["header-missing | header x-total"]],
    [
      "a header below its limit",
      { path: "/reports", body: { items: [], next: null }, headers: { "x-total": "-1" } },
      ["header-breaks-schema | header x-total | minimum"],
    ],
    [
      "a body for 204",
      { method: "DELETE", status: 204, body: "", headers: { "content-length": "5" } },
      ["body-undocumented | body"],
    ],
    [
      "a body where none is described",
      { path: "/healthz", status: 503, type: "text/plain", body: "down" },
      ["body-undocumented | body"],
    ],
    [
      "text outside of its schema",
      { path: "/healthz", type: "text/plain", body: "fine" },
      ["body-breaks-schema | body | const"],
    ],
    [
      "a problem document of another status",
      { status: 404, type: "application/problem+json", body: { title: "None", status: 400, detail: 1 } },
      ["problem-document-wrong | body/detail", "problem-document-wrong | body/status"],
    ],
  ])("with %s", async (_, given, expected) => {
    expect((await faults(given))?.sort()).toEqual(expected);
  });
});

test.each(["default", "enum", "const", "examples", "required"])("a property called %s is checked", async (name) => {
  const schema = { type: "object", required: [name], properties: { [name]: { $ref: "#/components/schemas/Count" } } };
  const contract = await readContract(
    JSON.stringify({
      openapi: "3.1.0",
      info: { title: "A", version: "1" },
      paths: {
        "/a": { get: { responses: { "200": { description: "ok", content: { "application/json": { schema } } } } } },
      },
      components: { schemas: { Count: { type: "integer" } } },
    }),
  );
  const said = (value: unknown) =>
    answerFaults(contract, exchange({ path: "/a", body: { [name]: value } }), BASE)?.map(({ rule }) => rule);
  expect([said(1), said("x")]).toEqual([[], ["type"]]);
});

describe("the schemas of OpenAPI 3.0", () => {
  test("have nullable and exclusive bounds as flags", async () => {
    const schema = {
      type: "object",
      properties: { n: { type: "integer", minimum: 0, exclusiveMinimum: true, nullable: true } },
    };
    const contract = await readContract(
      JSON.stringify({
        openapi: "3.0.3",
        info: { title: "A", version: "1" },
        paths: {
          "/a": { get: { responses: { "2XX": { description: "ok", content: { "application/*": { schema } } } } } },
        },
      }),
    );
    const said = (n: unknown) =>
      answerFaults(contract, exchange({ path: "/a", body: { n } }), BASE)?.map(({ rule }) => rule);
    expect([said(1), said(null), said(0)]).toEqual([[], [], ["exclusiveMinimum"]]);
  });

  test("require fields that are only read in answers, not in requests", async () => {
    const contract = await readContract(REPORTS_YAML);
    const { id: _, ...rest } = REPORT;
    expect(answerFaults(contract, exchange({ body: rest }), BASE)?.map(({ place }) => place)).toEqual(["body/id"]);
  });
});
