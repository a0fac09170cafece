import { expect, test } from "vitest";
import { isAllowed } from "./auth/allow-list";
import { readSettings } from "./env";

test("without a setting the database has no size limit", () => {
  expect(readSettings({}, "/").maxDbBytes).toBeNull();
  expect(readSettings({ BANYAN_MAX_DB_MB: "5" }, "/").maxDbBytes).toBe(5 * 1024 * 1024);
});

test("the list of people who may sign in accepts only valid addresses and domains", () => {
  const list = readSettings({ BANYAN_ALLOWED_USERS: "ann@example.org, @example.com" }, "/").allowedUsers;
  if (!list) throw new Error("The list is missing.");
  expect([
    isAllowed(list, "Ann@example.org"),
    isAllowed(list, "x@example.com"),
    isAllowed(list, "x@example.org"),
  ]).toEqual([true, true, false]);
  expect(readSettings({}, "/").allowedUsers).toBeNull();
  expect(() => readSettings({ BANYAN_ALLOWED_USERS: "@example.com, *" }, "/")).toThrow(
    'The setting BANYAN_ALLOWED_USERS cannot be "@example.com, *": use e-mail addresses and domains such as @example.org, separated by commas; “*” is neither',
  );
});

test("settings in effect are shown with their defaults, but never keys, secrets, passwords or the people who may sign in", () => {
  const { inEffect } = readSettings(
    {
      PORT: "8080",
      ANTHROPIC_API_KEY: "sk-ant-1234",
      SYSTEM_SECRET_KEY: "x".repeat(32),
      BANYAN_ALLOWED_USERS: "ann@example.org",
      OPENAI_BASE_URL: "https://ann:password@models.example.org/v1",
    },
    "/srv",
  );
  const shown = Object.fromEntries(inEffect.map(({ name, value, is_set }) => [name, [value, is_set]]));
  expect(shown).toMatchObject({
    PORT: ["8080", true],
    HOST: ["127.0.0.1", false],
    DATABASE_URL: ["file:/srv/data/banyan.db", false],
    ANTHROPIC_API_KEY: ["set", true],
    OPENAI_API_KEY: ["", false],
    OPENAI_BASE_URL: ["https://…@models.example.org/v1", true],
    BANYAN_ALLOWED_USERS: ["set", true],
  });
  expect(JSON.stringify(inEffect)).not.toMatch(/1234|xxxx|password|ann@/);
});

test("the schedule of backups accepts off or an interval, and names what is allowed", () => {
  expect(readSettings({}, "/").backups).toEqual({ everyMs: null, keep: null, bucket: null });
  const given = { BANYAN_BACKUP_EVERY: "12h", BANYAN_BACKUP_KEEP: "3" };
  expect(readSettings(given, "/").backups).toEqual({ everyMs: 43_200_000, keep: 3, bucket: null });
  expect(readSettings({ BANYAN_BACKUP_EVERY: "off" }, "/").backups.everyMs).toBe(0);
  for (const text of ["daily", "5m", "0h", "400d"])
    expect(() => readSettings({ BANYAN_BACKUP_EVERY: text }, "/")).toThrow(
      `The setting BANYAN_BACKUP_EVERY cannot be "${text}": use off, or an interval from 10m to 365d, as minutes (30m), hours (24h) or days (7d).`,
    );
  expect(() => readSettings({ BANYAN_BACKUP_KEEP: "0" }, "/")).toThrow(
    'The setting BANYAN_BACKUP_KEEP cannot be "0": use at least 1.',
  );
});

test("retention is off unless the settings say otherwise, and a wrong value is named", () => {
  expect(readSettings({}, "/").retention).toEqual({ days: null, megabytes: null, keepsGoals: null });
  const given = { BANYAN_RETENTION_DAYS: "90", BANYAN_RETENTION_MB: "0", BANYAN_RETENTION_GOALS: "remove" };
  expect(readSettings(given, "/").retention).toEqual({ days: 90, megabytes: 0, keepsGoals: false });
  expect(() => readSettings({ BANYAN_RETENTION_DAYS: "-1" }, "/")).toThrow(
    'The setting BANYAN_RETENTION_DAYS cannot be "-1": use at least 0.',
  );
  expect(() => readSettings({ BANYAN_RETENTION_GOALS: "yes" }, "/")).toThrow("use keep or remove.");
});
