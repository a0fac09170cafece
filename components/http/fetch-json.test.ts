import { afterEach, expect, test, vi } from "vitest";
import { fetchAll } from "./fetch-json";

afterEach(() => {
  vi.unstubAllGlobals();
});

test("all pages of a list are read, each by the cursor of the one before", async () => {
  const pages: Record<string, { items: string[]; next: string | null }> = {
    "/api/v1/trees?q=figs": { items: ["a", "b"], next: "7-2" },
    "/api/v1/trees?q=figs&after=7-2": { items: ["c"], next: "9" },
    "/api/v1/trees?q=figs&after=9": { items: ["d"], next: null },
  };
  vi.stubGlobal("fetch", async (path: string) => Response.json(pages[path]));
  expect(await fetchAll("trees?q=figs")).toEqual(["a", "b", "c", "d"]);
});
