import { expect, test } from "vitest";
import { inputChecks } from "./input-check";
import { readableSchema } from "./readable-schema";

const text = { type: "string" };
const ofField = (field: unknown) => ({ type: "object", properties: { field } });

test.each<[string, unknown, unknown]>([
  ["none", undefined, { type: "object" }],
  ["null", null, { type: "object" }],
  ["an empty one", {}, { type: "object" }],
  ["an empty list, as some languages write it", [], { type: "object" }],
  ["one that allows everything", true, { type: "object" }],
  ["no type", { properties: { a: text } }, { type: "object", properties: { a: text } }],
  ["a choice", { anyOf: [ofField(text)] }, { type: "object", anyOf: [ofField(text)] }],
  ["an object or null", { type: ["object", "null"] }, { type: "object" }],
  ["another name of the type", { type: "dict", properties: [] }, { type: "object", properties: {} }],
  [
    "fields without a value",
    { type: "object", title: null, properties: { a: { ...text, enum: null, default: null }, b: null }, required: null },
    { type: "object", properties: { a: { ...text, default: null }, b: {} } },
  ],
  [
    "a dialect of its own",
    {
      $schema: "http://json-schema.org/draft-04/schema#",
      ...ofField({ minimum: 1, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: false }),
    },
    ofField({ exclusiveMinimum: 1, maximum: 9 }),
  ],
  [
    "properties that say that they are required",
    { type: "object", properties: { a: { ...text, required: true }, b: { ...text, required: false } } },
    { type: "object", properties: { a: text, b: text }, required: ["a"] },
  ],
  [
    "a tuple of an older draft",
    ofField({ type: "array", items: [text, { type: "int" }], additionalItems: false }),
    ofField({ type: "array", prefixItems: [text, { type: "integer" }], items: false }),
  ],
  ["any value", ofField({ type: "any" }), ofField({})],
  ["a choice without members", ofField({ ...text, enum: [] }), ofField(text)],
  [
    "null beside a reference",
    { ...ofField({ $ref: "#/definitions/a", nullable: true }), definitions: { a: text } },
    { ...ofField({ anyOf: [{ $ref: "#/definitions/a" }, { type: "null" }] }), definitions: { a: text } },
  ],
  ["a property with the name of a keyword", ofField({}), ofField({})],
])("a schema with %s has one reading, which can be used", (_, given, read) => {
  const schema = readableSchema(given);
  expect(schema).toEqual(read);
  expect(schema && inputChecks().schemaFault(schema)).toBeUndefined();
});

test("names of properties that look like keywords stay", () => {
  const schema = { type: "object", properties: { type: { type: "str" }, required: text, items: { type: "list" } } };
  expect(readableSchema(schema)).toEqual({
    type: "object",
    properties: { type: text, required: text, items: { type: "array" } },
  });
});

test.each([["text"], [1], [false], [[text]], [{ type: "array", items: text }], [{ type: "string" }]])(
  "%j is not the schema of an object",
  (given) => {
    expect(readableSchema(given)).toBeNull();
  },
);

test("a schema with a part that no reading makes valid stays faulty", () => {
  const schema = readableSchema(ofField({ type: "number", minimum: "1" }));
  expect(schema && inputChecks().schemaFault(schema)).toMatch(/minimum/);
});
