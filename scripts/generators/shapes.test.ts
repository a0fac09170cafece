import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { shapesOf } from "./shapes";

test("the API description's shapes match the types; `npm run shapes` updates them", () => {
  expect(readFileSync("server/http/v1/shapes.json", "utf8")).toBe(shapesOf(process.cwd()));
}, 600_000);
