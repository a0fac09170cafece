import { expect, test } from "vitest";
import type { AnyOperation } from "@/agents/operations/operation";
import { operations } from "./operations";

const all: [string, AnyOperation][] = Object.entries(operations);

test("every operation on a tree, a task or a review item says what it reaches", () => {
  const silent = all.filter(([, { on, reach }]) => (on === "unit" || on === "review") && reach === undefined);
  expect(silent.map(([name]) => name)).toEqual([]);
});

test("addresses are in the form of the API, and no two operations share one", () => {
  const addresses = all.flatMap(([, { http }]) => (http === undefined ? [] : [http]));
  expect(new Set(addresses).size).toBe(addresses.length);
  for (const address of addresses) expect(address).toMatch(/^(POST|PUT|DELETE) :?[a-z-]+(\/[a-z:-]+){0,2}$/);
});

test("an operation with an id in its address acts on something, and the other way round", () => {
  for (const [name, { http, on }] of all)
    if (http !== undefined) expect([name, http.includes(":id")]).toEqual([name, on !== undefined]);
});
