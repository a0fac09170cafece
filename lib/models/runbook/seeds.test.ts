import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseRunbook } from "./parse";
const folder = new URL("../../../seeds/runbooks/", import.meta.url);
describe("seeds", () => {
  test.each(readdirSync(folder))("%s", (file) => {
    expect(parseRunbook(readFileSync(new URL(file, folder), "utf8")).errors ?? []).toEqual([]);
  });
});
