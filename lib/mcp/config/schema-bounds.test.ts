/** N2: schemas of strangers that unfold endlessly. */
import { expect, test } from "vitest";
import { schemaProblem } from "@/agents/turn/schema-problem";
import { inBoundedTime } from "./bounded-check";
import { inputChecks } from "./input-check";
import { schemaBeyond } from "./schema-bounds";

/** Each definition refers to the next definition twice. */
function doubling(levels: number, where: (ref: object) => object): Record<string, unknown> {
  const $defs = Object.fromEntries(
    Array.from({ length: levels }, (_, at) => [
      `d${at}`,
      at === levels - 1 ? { type: "string" } : where({ $ref: `#/$defs/d${at + 1}` }),
    ]),
  );
  return { type: "object", properties: { a: { $ref: "#/$defs/d0" } }, $defs };
}

const BOMBS = {
  "allOf that doubles": doubling(30, (ref) => ({ allOf: [ref, ref] })),
  "anyOf that doubles": doubling(30, (ref) => ({ anyOf: [ref, ref] })),
  "properties that double": doubling(30, (ref) => ({ properties: { a: ref, b: ref } })),
  "many levels": doubling(60, (ref) => ({ not: ref, if: ref })),
  itself: { type: "object", properties: { a: { $ref: "#/$defs/a" } }, $defs: { a: { $ref: "#/$defs/a" } } },
  "itself by allOf": { allOf: [{ $ref: "#" }] },
  "two that refer to each other": {
    $ref: "#/$defs/a",
    $defs: { a: { anyOf: [{ $ref: "#/$defs/b" }] }, b: { not: { $ref: "#/$defs/a" } } },
  },
};

test.each(Object.entries(BOMBS))("%s is refused with a sentence, and does not block the process", (_, schema) => {
  expect(schemaBeyond(schema)).toMatch(/^(its references unfold to more than|it refers to itself|it is nested)/);
  const checks = inputChecks();
  expect(checks.schemaFault(schema)).toMatch(/unfold|itself|nested/);
  // A schema that was approved before there were bounds is not run either.
  expect(checks.argumentFault(schema, { a: {} })).toBeUndefined();
  expect(schemaProblem({ hash: JSON.stringify(schema), inputSchema: schema }, { a: {} })).toBeNull();
});

const HONEST = {
  "an ordinary tree": {
    type: "object",
    properties: { node: { $ref: "#/$defs/node" } },
    $defs: { node: { type: "object", properties: { children: { type: "array", items: { $ref: "#/$defs/node" } } } } },
  },
  "one definition used often": {
    type: "object",
    properties: Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`p${at}`, { $ref: "#/$defs/s" }])),
    $defs: { s: { type: "string", minLength: 1 } },
  },
  "names of properties that are keywords": {
    type: "object",
    properties: { $ref: { type: "string" }, allOf: { type: "array" }, enum: { type: "string" } },
  },
};

test.each(Object.entries(HONEST))("%s is within the bounds, and checks what is given", (_, schema) => {
  expect(schemaBeyond(schema)).toBeNull();
  const checks = inputChecks();
  expect(checks.schemaFault(schema)).toBeUndefined();
  expect(checks.argumentFault(schema, "no object")).toBeDefined();
});

const deep = (levels: number): unknown => (levels === 0 ? {} : { x: deep(levels - 1), y: deep(0) });
const many = Array.from({ length: 60_000 }, (_, at) => ({ at }));
const node = { type: "object", properties: { x: { anyOf: [{ $ref: "#/$defs/n" }, { $ref: "#/$defs/n" }] } } };

/** Looking at these schemas alone does not show it: with these values a check takes minutes, or centuries. */
const SLOW: Record<string, [schema: Record<string, unknown>, value: unknown]> = {
  "itself twice in each part of the value": [
    {
      $ref: "#/$defs/n",
      $defs: { n: { ...node, properties: { ...node.properties, end: { type: "null" } }, required: ["x"] } },
    },
    deep(60),
  ],
  "references by name": [
    {
      type: "object",
      properties: { x: { $ref: "#d0" } },
      $defs: Object.fromEntries(
        Array.from({ length: 40 }, (_, at) => [
          `d${at}`,
          {
            $anchor: `d${at}`,
            ...(at < 39 ? { anyOf: [{ $ref: `#d${at + 1}` }, { $ref: `#d${at + 1}` }] } : { type: "null" }),
          },
        ]),
      ),
    },
    deep(3),
  ],
  "unlike entries of a long list": [
    { type: "object", properties: { list: { type: "array", uniqueItems: true } } },
    { list: many },
  ],
};

test.each(Object.entries(SLOW))(
  "%s: the check is interrupted, and does not block the process",
  (name, [schema, value]) => {
    const checks = inputChecks();
    checks.schemaFault(schema);
    expect(checks.argumentFault(schema, value)).toBeUndefined();
    const tool = { hash: `slow ${name}`, inputSchema: schema };
    expect(schemaProblem(tool, value)).toBeNull();
    // The check is not repeated either.
    expect(schemaProblem(tool, value)).toBeNull();
  },
);

test("work that ends returns its result, and its errors are passed on", () => {
  expect(inBoundedTime(() => 7)).toEqual({ result: 7 });
  expect(() =>
    inBoundedTime(() => {
      throw new TypeError("its own");
    }),
  ).toThrow(new TypeError("its own"));
  expect(
    inBoundedTime(() => {
      for (;;);
    }, 50),
  ).toBeNull();
  expect(inBoundedTime(() => 8)).toEqual({ result: 8 });
});
