import { describe, expect, test } from "vitest";
import { readContract } from "@/lib/contract/read";
import { compareContracts } from "./compare";
import { change, documentWith, type Json } from "./testing/documents";

async function changed(...changes: [string, unknown][]) {
  const after = documentWith();
  for (const one of changes) change(after, one);
  const [older, newer] = [
    await readContract(JSON.stringify(documentWith())),
    await readContract(JSON.stringify(after)),
  ];
  return { forth: compareContracts(older, newer), back: compareContracts(newer, older) };
}

const coded = (changes: { code: string; breaking: boolean }[]) =>
  changes.map(({ code, breaking }) => `${breaking ? "breaking" : "safe"} ${code}`).sort();

const LIST = "paths/~reports/get";
const POST = "paths/~reports/post";
const NEW = "components/schemas/NewReport";
const NEW_FIELDS = `${NEW}/properties`;
const FIELDS = "components/schemas/Report/properties";
const ONE = { responses: { 200: { description: "ok" } } };
const TEXT = { type: "string" };

/** What is said of the change, and of the change back. */
const PAIRS: [string, [string, unknown][], string[], string[]][] = [
  ["an operation", [["paths/~health", { get: ONE }]], ["safe operation-added"], ["breaking operation-removed"]],
  [
    "a required parameter",
    [[`${LIST}/parameters/2`, { name: "q", in: "query", required: true, schema: TEXT }]],
    ["breaking required-request-parameter-added"],
    ["breaking request-parameter-removed"],
  ],
  [
    "an optional parameter",
    [[`${LIST}/parameters/2`, { name: "q", in: "query", schema: TEXT }]],
    ["safe request-parameter-added"],
    ["breaking request-parameter-removed"],
  ],
  [
    "a parameter is required",
    [[`${LIST}/parameters/0/required`, true]],
    ["breaking request-parameter-became-required"],
    ["safe request-parameter-became-optional"],
  ],
  [
    "a parameter in another style",
    [[`${LIST}/parameters/1/explode`, false]],
    ["breaking request-parameter-style-changed"],
    ["breaking request-parameter-style-changed"],
  ],
  [
    "a default of a parameter",
    [[`${LIST}/parameters/0/schema/default`, 50]],
    ["breaking request-default-changed"],
    ["breaking request-default-changed"],
  ],
  [
    "a bound of a parameter",
    [[`${LIST}/parameters/0/schema/maximum`, 50]],
    ["breaking request-limit-tightened"],
    ["safe request-limit-loosened"],
  ],
  [
    "a value of a parameter",
    [[`${LIST}/parameters/1/schema/enum`, ["wet"]]],
    ["breaking request-enum-value-removed"],
    ["safe request-enum-value-added"],
  ],
  [
    "a required field of a request",
    [
      [`${NEW_FIELDS}/at`, TEXT],
      [`${NEW}/required`, ["reason", "at"]],
    ],
    ["breaking request-required-property-added"],
    ["breaking request-property-removed"],
  ],
  [
    "an optional field of a request",
    [[`${NEW_FIELDS}/at`, TEXT]],
    ["safe request-property-added"],
    ["breaking request-property-removed"],
  ],
  [
    "a field of a request is required",
    [[`${NEW}/required`, ["reason", "kind"]]],
    ["breaking request-property-became-required"],
    ["safe request-property-became-optional"],
  ],
  [
    "null in a request",
    [[`${NEW_FIELDS}/email/type`, "string"]],
    ["breaking request-became-not-nullable"],
    ["safe request-became-nullable"],
  ],
  [
    "a pattern in a request",
    [[`${NEW_FIELDS}/reason/pattern`, "^a"]],
    ["breaking request-pattern-added"],
    ["safe request-pattern-removed"],
  ],
  [
    "a type in a request",
    [[`${NEW_FIELDS}/count/type`, "integer"]],
    ["breaking request-type-narrowed"],
    ["safe request-type-widened"],
  ],
  [
    "another type in a request",
    [[`${NEW_FIELDS}/count/type`, "boolean"]],
    ["breaking request-type-changed"],
    ["breaking request-type-changed"],
  ],
  [
    "closed fields of a request",
    [[`${NEW}/additionalProperties`, false]],
    ["breaking request-additional-properties-closed"],
    ["safe request-additional-properties-opened"],
  ],
  [
    "a list of values in a request",
    [[`${NEW_FIELDS}/reason/enum`, ["a"]]],
    ["breaking request-became-enum"],
    ["safe request-enum-dropped"],
  ],
  [
    "a default in a body",
    [[`${NEW_FIELDS}/kind/default`, "wet"]],
    ["safe request-default-changed"],
    ["safe request-default-changed"],
  ],
  [
    "other rules",
    [[`${NEW}/dependentRequired`, { kind: ["email"] }]],
    ["breaking request-other-rules-changed"],
    ["breaking request-other-rules-changed"],
  ],
  [
    "a body is required",
    [[`${POST}/requestBody/required`, true]],
    ["breaking request-body-became-required"],
    ["safe request-body-became-optional"],
  ],
  ["a body", [[`${POST}/requestBody`, undefined]], ["breaking request-body-removed"], ["safe request-body-added"]],
  [
    "a media type of a request",
    [[`${POST}/requestBody/content/text~plain`, { schema: TEXT }]],
    ["safe request-media-type-added"],
    ["breaking request-media-type-removed"],
  ],
  [
    "a field of an answer",
    [[`${FIELDS}/assigneeId`, TEXT]],
    ["safe response-property-added"],
    ["breaking response-property-removed"],
  ],
  [
    "a field of an answer may be missing",
    [["components/schemas/Report/required", ["id"]]],
    ["breaking response-property-became-optional"],
    ["safe response-property-became-required"],
  ],
  [
    "a value in an answer",
    [[`${FIELDS}/state/enum`, ["open", "closed", "lost"]]],
    ["breaking response-enum-value-added"],
    ["safe response-enum-value-removed"],
  ],
  [
    "null in an answer",
    [[`${FIELDS}/note/type`, ["string", "null"]]],
    ["breaking response-became-nullable"],
    ["safe response-became-not-nullable"],
  ],
  [
    "a limit of an answer",
    [[`${FIELDS}/reason/maxLength`, 2000]],
    ["breaking response-limit-loosened"],
    ["safe response-limit-tightened"],
  ],
  [
    "a format of an answer",
    [[`${FIELDS}/id/format`, "email"]],
    ["breaking response-format-changed"],
    ["breaking response-format-changed"],
  ],
  [
    "a choice of an answer",
    [[`${FIELDS}/owner/oneOf/2`, { title: "Robot", type: "object" }]],
    ["breaking response-choice-added"],
    ["safe response-choice-removed"],
  ],
  [
    "a good status",
    [[`${POST}/responses/202`, { description: "later" }]],
    ["safe response-status-added"],
    ["breaking success-status-removed"],
  ],
  [
    "a status of an error",
    [[`${LIST}/responses/404`, undefined]],
    ["safe error-status-removed"],
    ["safe response-status-added"],
  ],
  [
    "a media type of an answer",
    [[`${LIST}/responses/200/content/text~csv`, undefined]],
    ["breaking response-media-type-removed"],
    ["safe response-media-type-added"],
  ],
  [
    "a header of an answer",
    [[`${LIST}/responses/200/headers/X-Total`, undefined]],
    ["breaking response-header-removed"],
    ["safe response-header-added"],
  ],
  [
    "a header that may be missing",
    [[`${LIST}/responses/200/headers/X-Total/required`, false]],
    ["breaking response-header-became-optional"],
    ["safe response-header-became-required"],
  ],
  ["a sign-in", [[`${LIST}/security`, [{ key: [] }]]], ["breaking security-added"], ["safe security-removed"]],
  [
    "a way to sign in",
    [[`${POST}/security`, [{ key: [] }]]],
    ["breaking security-choice-removed"],
    ["safe security-choice-added"],
  ],
  [
    "a scope",
    [[`${POST}/security`, [{ key: [] }, { oauth: ["write", "all"] }]]],
    ["breaking security-choice-removed"],
    ["safe security-choice-added"],
  ],
];

describe("a change", () => {
  test.each(PAIRS)("of %s is named, and says what it breaks", async (_, changes, forth, back) => {
    const found = await changed(...changes);
    expect(coded(found.forth)).toEqual(forth);
    expect(coded(found.back)).toEqual(back);
  });

  test("of a path is a move when the operation keeps its id", async () => {
    const { forth } = await changed(
      ["paths/~damages~{id}", documentWith().paths && (documentWith().paths as Json)["/reports/{id}"]],
      ["paths/~reports~{id}", undefined],
    );
    expect(forth.map(({ code, text }) => [code, text])).toEqual([
      ["operation-moved", "GET /reports/{id} moved to GET /damages/{id}."],
    ]);
  });

  test("of a shared schema is named once, at its place, with the operations that use it", async () => {
    const { forth } = await changed([`${FIELDS}/assigneeId`, TEXT]);
    expect(forth).toEqual([
      {
        code: "response-property-added",
        breaking: false,
        operations: ["GET /reports", "GET /reports/{id}"],
        pointer: "/components/schemas/Report/properties/assigneeId",
        text: "Added the optional field Report.assigneeId to answers.",
      },
    ]);
  });
});

describe("nothing is named when a document is written otherwise but says the same", () => {
  const report = (documentWith().components as { schemas: Json }).schemas.Report;
  test.each<[string, [string, unknown][]]>([
    ["no change", []],
    [
      "descriptions",
      [
        [`${LIST}/summary`, "Lists."],
        [`${NEW_FIELDS}/reason/description`, "Why."],
      ],
    ],
    ["the version", [["info/version", "2.0.0"]]],
    [
      "the name of a parameter in a path",
      [
        [
          "paths/~reports~{key}",
          {
            get: {
              operationId: "getReport",
              parameters: [{ name: "key", in: "path", required: true, schema: TEXT }],
              responses: (documentWith() as never as { paths: Record<string, { get: Json }> }).paths["/reports/{id}"]
                ?.get.responses,
            },
          },
        ],
        ["paths/~reports~{id}", undefined],
      ],
    ],
    [
      "a schema in its place instead of a reference",
      [["paths/~reports~{id}/get/responses/200/content/application~json/schema", report]],
    ],
    [
      "allOf around a reference",
      [
        [
          `${POST}/requestBody/content/application~json/schema`,
          { allOf: [{ $ref: "#/components/schemas/NewReport" }] },
        ],
      ],
    ],
    ["null as a choice", [[`${NEW_FIELDS}/email`, { anyOf: [TEXT, { type: "null" }] }]]],
    [
      "choices in another order",
      [[`${FIELDS}/owner/oneOf`, [{ $ref: "#/components/schemas/Team" }, { $ref: "#/components/schemas/Person" }]]],
    ],
    ["values in another order", [[`${FIELDS}/state/enum`, ["closed", "open"]]]],
  ])("%s", async (_, changes) => {
    const { forth, back } = await changed(...changes);
    expect([forth, back]).toEqual([[], []]);
  });

  test("OpenAPI 3.0 and 3.1", async () => {
    const of = (openapi: string, schema: Json) => ({
      openapi,
      info: { title: "A", version: "1" },
      paths: {
        "/a": { get: { parameters: [{ name: "n", in: "query", schema }], responses: { 200: { description: "ok" } } } },
      },
    });
    const old = of("3.0.3", { type: "integer", minimum: 0, exclusiveMinimum: true, nullable: true });
    const now = of("3.1.0", { type: ["integer", "null"], exclusiveMinimum: 0 });
    const [older, newer] = [await readContract(JSON.stringify(old)), await readContract(JSON.stringify(now))];
    expect(compareContracts(older, newer)).toEqual([]);
  });
});
