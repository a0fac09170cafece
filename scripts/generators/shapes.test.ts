import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { SHAPES_FILES, shapesOf } from "./shapes";

test.each(SHAPES_FILES)(
  "$path matches the types; `npm run shapes` updates it",
  (file) => {
    expect(readFileSync(file.path, "utf8")).toBe(shapesOf(process.cwd(), file));
  },
  600_000,
);
