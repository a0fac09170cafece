import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { shapesOf } from "./shapes";

test("the shapes of the API's description are those of the types: `npm run shapes` makes them", () => {
  expect(readFileSync("server/http/v1/shapes.json", "utf8")).toBe(shapesOf(process.cwd()));
}, 600_000);
