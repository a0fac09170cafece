import { expect, test } from "vitest";
import { importServers } from "./config";
import { isPlaceholder } from "./placeholder";

test.each([
  "<YOUR_KEY>",
  "YOUR_API_KEY",
  "your-api-key-here",
  "Bearer YOUR_TOKEN",
  "sk-xxx",
  "ghp_xxxxxxxxxxxx",
  "ntn_****",
  "fc-YOUR_API_KEY",
  "tvly-YOUR-KEY",
  "[your-token]",
  "...",
  "changeme",
])("%s is a placeholder", (text) => expect(isPlaceholder(text)).toBe(true));

test.each([
  "sk-live-0123456789abcdef",
  "debug",
  "youtube",
  "your friend",
  "/srv/your-data",
  "x",
  "3",
  "https://a.example",
])("%s is a value", (text) => expect(isPlaceholder(text)).toBe(false));

test("a placeholder in a file is a secret without a value, and is never stored as one", () => {
  const env = { API_KEY: "<YOUR_KEY>" };
  const args = ["--figma-api-key=YOUR-KEY"];
  const headers = { Authorization: "Bearer YOUR_TOKEN" };
  const file = JSON.stringify({
    mcpServers: { a: { command: "x", args, env }, b: { url: "https://b.example", headers } },
  });
  const { servers, secrets, missing, entries } = importServers(file);
  expect(secrets).toEqual({});
  expect(missing.sort()).toEqual(["mcp/a/api_key", "mcp/a/figma_api_key", "mcp/b/authorization"]);
  expect(entries.b?.placeholders).toEqual(["mcp/b/authorization"]);
  expect(servers[0]).toMatchObject({
    args: [{ before: "--figma-api-key=" }],
    env: { API_KEY: { secret: "mcp/a/api_key" } },
  });
  expect(servers[1]).toMatchObject({ headers: { Authorization: { before: "Bearer " } } });
});
