import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createWeb } from "@/lib/web/web";
import { createCache } from "./cache";

const HOUR_MS = 3_600_000;
let folder: string;
let nowMs = 1_800_000_000_000;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "banyan-cache-"));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const cacheOf = (maxBytes = 1_000_000) =>
  createCache({ folder: path.join(folder, "web"), maxBytes, maxAgeMs: 24 * HOUR_MS, now: () => nowMs });
const files = () => fs.readdirSync(path.join(folder, "web"));

test("a value lasts for a day, also for the next process", () => {
  cacheOf().put("key", { a: 1 });
  const storedAtMs = nowMs;
  nowMs += 24 * HOUR_MS - 1;
  expect(cacheOf().get("key")).toEqual({ value: { a: 1 }, storedAtMs });
  expect(cacheOf().get("other")).toBe(undefined);
  nowMs += 1;
  expect(cacheOf().get("key")).toBe(undefined);
  nowMs -= 48 * HOUR_MS;
  expect(cacheOf().get("key")).toBe(undefined);
});

test("file names reveal nothing and cannot lead outside; only the owner can read", () => {
  cacheOf().put("../../etc/passwd", "x");
  expect(files()).toEqual([expect.stringMatching(/^[0-9a-f]{64}\.json$/)]);
  expect(fs.statSync(path.join(folder, "web")).mode & 0o77).toBe(0);
  expect(fs.readFileSync(path.join(folder, "web", files()[0] ?? ""), "utf8")).not.toContain("passwd");
});

test("a damaged entry is ignored and replaced", () => {
  const cache = cacheOf();
  cache.put("key", 1);
  const file = path.join(folder, "web", files()[0] ?? "");
  for (const text of ["", "{", "null", "[]", '{"value":1}', '{"storedAtMs":"soon","value":1}']) {
    fs.writeFileSync(file, text);
    expect(cache.get("key"), text).toBe(undefined);
  }
  cache.put("key", 3);
  expect(cache.get("key")?.value).toBe(3);
});

test("the last used entries are kept when there are too many, and a too large entry is not stored", () => {
  const cache = cacheOf(100_000);
  const text = "x".repeat(9_900);
  for (let at = 0; at < 9; at += 1) {
    cache.put(`key ${at}`, text);
    // Files of one millisecond have the same age, so their times are set apart, oldest first.
    for (const name of files()) {
      const file = path.join(folder, "web", name);
      const { atimeMs, mtimeMs } = fs.statSync(file);
      fs.utimesSync(file, atimeMs / 1000, mtimeMs / 1000 - 10);
    }
  }
  expect(cache.get("key 0")?.value).toBe(text);
  for (const at of [9, 10, 11]) cache.put(`key ${at}`, text);
  expect(cache.get("key 0")?.value).toBe(text);
  expect(cache.get("key 1")).toBe(undefined);
  expect(cache.get("key 11")?.value).toBe(text);
  const total = files().reduce((sum, name) => sum + fs.statSync(path.join(folder, "web", name)).size, 0);
  expect(total).toBeLessThanOrEqual(100_000);
  cache.put("huge", "x".repeat(30_000));
  expect(cache.get("huge")).toBe(undefined);
});

test("a read-only folder only loses the entry", () => {
  fs.writeFileSync(path.join(folder, "web"), "a file");
  const cache = cacheOf();
  cache.put("key", 1);
  expect(cache.get("key")).toBe(undefined);
});

test("a page is read from the cache by its plain address, in parts, and fetched again on request", async () => {
  const stored = { url: "https://example.org/a", title: "A", text: "abc".repeat(10_000), isCut: false };
  cacheOf().put("page https://example.org/a", stored);
  let asked = 0;
  const web = createWeb({
    cacheDir: folder,
    program: process.cwd(),
    search: {},
    secret: () => null,
    now: () => nowMs,
    lookUp: () => {
      asked += 1;
      return Promise.reject(new Error("no network here"));
    },
  });
  const options = { signal: new AbortController().signal, privateHosts: [], mayRedirect: () => false };
  const page = await web.fetchPage("HTTPS://example.org:443/a#part", { ...options, offset: 20_000 });
  expect(page).toEqual({
    ...stored,
    text: stored.text.slice(20_000),
    offset: 20_000,
    totalCharacters: 30_000,
    fetchedAtMs: nowMs,
  });
  expect(asked).toBe(0);
  await expect(web.fetchPage("https://example.org/a", { ...options, fresh: true })).rejects.toThrow("is unknown");
  cacheOf().put("page https://example.org/b", { url: 1 });
  await expect(web.fetchPage("https://example.org/b", options)).rejects.toThrow("is unknown");
});
