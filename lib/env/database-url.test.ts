import { expect, test } from "vitest";
import { readSettings } from "../env";
import { problemOfPlace } from "./place-of-data";

const fileOf = (url: string) => readSettings({ DATABASE_URL: url }, "/srv/banyan").databaseFile;

test.each([
  ["file:./data/banyan.db", "/srv/banyan/data/banyan.db"],
  ["file:/var/lib/banyan.db", "/var/lib/banyan.db"],
  ["file:///var/lib/banyan.db", "/var/lib/banyan.db"],
  ["sqlite:///data/banyan.db", "/srv/banyan/data/banyan.db"],
  ["sqlite:///./data/banyan.db", "/srv/banyan/data/banyan.db"],
  ["sqlite:////var/lib/banyan.db", "/var/lib/banyan.db"],
  ["sqlite+aiosqlite:///data/banyan.db", "/srv/banyan/data/banyan.db"],
  ["data/banyan.db", "/srv/banyan/data/banyan.db"],
  ["./banyan.db", "/srv/banyan/banyan.db"],
  ["/var/lib/banyan.db", "/var/lib/banyan.db"],
])("DATABASE_URL=%s is %s", (url, file) => {
  expect(fileOf(url)).toBe(file);
});

test.each([
  "postgres://anna:hidden@db/banyan",
  "postgresql+psycopg://anna:hidden@db/banyan",
  "mysql://anna:hidden@db/banyan",
  "sqlite://",
  "sqlite:///",
  "sqlite:///:memory:",
  "sqlite:///banyan.db?cache=hidden",
  "file:",
  ":memory:",
])("DATABASE_URL=%s is refused with one sentence that holds no password", (url) => {
  expect(() => fileOf(url)).toThrow(
    /^The setting DATABASE_URL cannot be "[^"]*": use a path, file: and a path, sqlite:\/\/\//,
  );
  expect(() => fileOf(url)).not.toThrow("hidden");
});

test("a place in the checkout is refused for data, except the folder that no release copies", () => {
  const problemOf = (dataDir: string, databaseFile: string) =>
    problemOfPlace({ dataDir, databaseFile }, "/nowhere/checkout", false);
  expect(problemOf("/nowhere/checkout/data", "/nowhere/checkout/data/banyan.db")).toBeNull();
  expect(problemOf("/nowhere/checkout2", "/nowhere/banyan.db")).toBeNull();
  expect(problemOf("/nowhere/checkout/state", "/nowhere/b.db")).toMatch(/^The data folder .* set BANYAN_DATA_DIR/);
  expect(problemOf("/nowhere/checkout/data", "/nowhere/checkout/b.db")).toMatch(/^The database .* set DATABASE_URL/);
});

test("a place in an installed package is refused, also its folder data, because an upgrade replaces the package", () => {
  const installed = "/nowhere/banyan";
  const problemOf = (dataDir: string, databaseFile: string) =>
    problemOfPlace({ dataDir, databaseFile }, installed, true);
  expect(problemOf("/nowhere/data", "/nowhere/data/banyan.db")).toBeNull();
  expect(problemOf(`${installed}/data`, "/nowhere/b.db")).toMatch(/^The data folder .* set BANYAN_DATA_DIR/);
  expect(problemOf("/nowhere/data", `${installed}/data/banyan.db`)).toMatch(
    /^The database .* is in the installed package, which an upgrade replaces: move it out, and set DATABASE_URL/,
  );
});
