import { afterEach, expect, test, vi } from "vitest";
import { fetchJson } from "./fetch-json";
import { sendJson } from "./send-json";

afterEach(() => {
  vi.unstubAllGlobals();
});

test.each([
  [413, /^A proxy in front of Banyan refused this as too large/],
  [504, /^Banyan did not answer the proxy in front of it \(status 504\)/],
  [200, /^The server could not answer \(status 200\)/],
])("a page of a proxy with status %d is told by what it means", async (status, sentence) => {
  const page = () => new Response("<html>", { status, headers: { "content-type": "text/html" } });
  vi.stubGlobal("fetch", async () => page());
  await expect(fetchJson("status")).rejects.toThrow(sentence);
  await expect(sendJson("POST", "trees", {})).rejects.toThrow(sentence);
});
