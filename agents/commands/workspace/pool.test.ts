import { expect, test } from "vitest";
import type { RunnerSettings } from "@/lib/env/runners";
import { checksPoolFor, poolFor } from "./pool";

const NATS = ["tls://nats.example.org:4222"];
const settings = (more: Partial<RunnerSettings> = {}): RunnerSettings => ({
  nats: NATS,
  ca: null,
  pool: null,
  ...more,
});
const LOCAL = [
  [{ workspace: "/home/ann/work" }, false, "A person's own folder"],
  [{}, true, "A service is made"],
  [{ repository: { url: "banyan:self" } }, false, "Banyan's own source"],
] as const;

test("a tree has the pool that it names, else the usual one, else none", () => {
  expect(poolFor(settings(), { task: "t" }, false)).toBe(null);
  expect(poolFor(settings({ pool: "usual" }), { task: "t" }, false)).toBe("usual");
  expect(poolFor(settings({ pool: "usual" }), { task: "t", pool: "gpu" }, false)).toBe("gpu");
  expect(poolFor(settings({ pool: "usual" }), { task: "t", pool: null }, false)).toBe(null);
  expect(poolFor(settings({ nats: [] }), { task: "t", pool: null }, false)).toBe(null);
  expect(poolFor(settings(), { task: "t", pool: "gpu", workspace: "/home/ann/work", copy: true }, false)).toBe("gpu");
});

test.each(LOCAL)(
  "%j stays on the server's machine: the usual pool is left out, and a named one refused",
  (given, isService, why) => {
    const submission = { task: "t", ...given };
    expect(poolFor(settings({ pool: "usual" }), submission, isService)).toBe(null);
    expect(() => poolFor(settings(), { ...submission, pool: "gpu" }, isService)).toThrow(why);
  },
);

test("a pool needs NATS, and a name", () => {
  expect(() => poolFor(settings({ nats: [] }), { task: "t", pool: "gpu" }, false)).toThrow(
    "This server has no runners",
  );
  expect(() => poolFor(settings(), { task: "t", pool: "a/b" }, false)).toThrow("small letters, digits");
});

test("a pool for checks is named for the tree: also for a person's own folder, and never by the setting", () => {
  const given = { task: "t", checks_pool: "clean" };
  expect(checksPoolFor(settings({ pool: "usual" }), { task: "t" }, false)).toBe(null);
  expect(checksPoolFor(settings(), given, false)).toBe("clean");
  expect(checksPoolFor(settings(), { ...given, workspace: "/home/ann/work" }, false)).toBe("clean");
  expect(() => checksPoolFor(settings(), given, true)).toThrow("A service is made");
  expect(() => checksPoolFor(settings(), { ...given, repository: { url: "banyan:self" } }, false)).toThrow(
    "Banyan's own source",
  );
  expect(() => checksPoolFor(settings({ nats: [] }), given, false)).toThrow("This server has no runners");
  expect(() => checksPoolFor(settings(), { ...given, checks_pool: "a/b" }, false)).toThrow("small letters, digits");
});
