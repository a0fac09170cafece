import { expect, test } from "vitest";
import { isAllowed } from "./auth/allow-list";
import { readSettings } from "./env";

test("without a setting the database may grow as large as the disk", () => {
  expect(readSettings({}, "/").maxDbBytes).toBeNull();
  expect(readSettings({ BANYAN_MAX_DB_MB: "5" }, "/").maxDbBytes).toBe(5 * 1024 * 1024);
});

test("who may sign in is a list of addresses and domains, and nothing that only looks like one", () => {
  const list = readSettings({ BANYAN_ALLOWED_USERS: "ann@example.org, @example.com" }, "/").allowedUsers;
  if (!list) throw new Error("The list is not there.");
  expect([
    isAllowed(list, "Ann@example.org"),
    isAllowed(list, "x@example.com"),
    isAllowed(list, "x@example.org"),
  ]).toEqual([true, true, false]);
  expect(readSettings({}, "/").allowedUsers).toBeNull();
  expect(() => readSettings({ BANYAN_ALLOWED_USERS: "@example.com, *" }, "/")).toThrow(
    'The setting BANYAN_ALLOWED_USERS cannot be "@example.com, *": allowed is e-mail addresses and domains such as @example.org, separated by commas; “*” is neither',
  );
});
