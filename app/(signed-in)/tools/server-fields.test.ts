import { expect, test } from "vitest";
import { fieldsOfKept, keptOfFields } from "./server-draft";
import { EMPTY_FIELDS, entryOfFields, fieldsOfEntry, isSameEntry, type ServerFields } from "./server-fields";
import { useWords } from "./tool-words";

const fields = (some: Partial<ServerFields>): ServerFields => ({ ...EMPTY_FIELDS, name: "notes", ...some });

test.each<[string, Partial<ServerFields>, Record<string, unknown>]>([
  [
    "a program",
    { command: " node ", args: "/srv/a b.mjs\n\n--x", settings: "A=1=2", hosts: "a.example", workspace: "read" },
    { command: "node", args: ["/srv/a b.mjs", "--x"], env: { A: "1=2" }, hosts: ["a.example"], workspace: "read" },
  ],
  [
    "a package",
    { kind: "package", pack: "@scope/name@1.2.3", args: "/srv" },
    { command: "npx", args: ["-y", "@scope/name@1.2.3", "/srv"] },
  ],
  [
    "a program with folders",
    { command: "node", folders: "/srv/a b\n/srv/c:write" },
    { command: "node", args: [], folders: { "/srv/a b": "read", "/srv/c": "write" } },
  ],
  [
    "an address",
    { kind: "http", url: "https://a.example/mcp", settings: `Authorization: Bearer \${key}`, scope: "shared" },
    { url: "https://a.example/mcp", headers: { Authorization: `Bearer \${key}` }, scope: "shared" },
  ],
])("%s becomes an entry, and the entry becomes the same fields again", (_, given, entry) => {
  const made = entryOfFields(fields(given));
  expect(made).toEqual({ ok: true, entry });
  expect(entryOfFields(fieldsOfEntry("notes", entry))).toEqual(made);
});

test("an entry is the same as its own, also when the server returned its keys in another order", () => {
  const sent = { command: "node", args: ["/srv/a.mjs"], env: { A: "1" }, workspace: "read" };
  expect(isSameEntry(sent, { workspace: "read", env: { A: "1" }, args: ["/srv/a.mjs"], command: "node" })).toBe(true);
  expect(isSameEntry(sent, { ...sent, scope: "tree" })).toBe(true);
  expect(isSameEntry(sent, { ...sent, command: "deno" })).toBe(false);
  expect(isSameEntry(sent, { ...sent, env: { A: "2" } })).toBe(false);
});

test.each<[Partial<ServerFields>, string]>([
  [{ name: " " }, "name"],
  [{}, "command"],
  [{ kind: "package", pack: "--evil" }, "pack"],
  [{ kind: "http", url: "file:///etc/passwd" }, "url"],
  [{ command: "node", settings: "no sign" }, "settings"],
  [{ command: "node", folders: "papers: read" }, "folders"],
])("names the field with the problem: %o", (given, field) => {
  expect(entryOfFields(fields(given))).toMatchObject({ ok: false, field });
});

test("a draft in the browser holds no key", () => {
  const key = "sk-live-0123456789abcdef0123456789abcdef";
  const given = fields({
    command: "node",
    args: `/srv/a.mjs\n--api-key=${key}\n${key}`,
    settings: `A=${key}\nB=\${b}\n${key}`,
    url: `https://me:${key}@a.example/mcp?k=${key}`,
    oauth: { clientSecret: key },
  });
  const kept = keptOfFields(given);
  expect(kept).not.toContain(key);
  expect(fieldsOfKept(kept)).toMatchObject({
    name: "notes",
    command: "node",
    args: "/srv/a.mjs",
    settings: `A=\nB=\${b}`,
    url: "https://a.example/mcp",
  });
  expect(keptOfFields(EMPTY_FIELDS)).toBe("");
  for (const text of ["", "{", "null", "{}", '{"name":1}']) expect(fieldsOfKept(text)).toBeNull();
});

test("a tool with a few failures does not succeed always", () => {
  expect(useWords({ calls: 1_000, failures: 1 })).toBe("1,000 calls, 1 failed (99 % succeed)");
});

test.each<Partial<ServerFields>>([
  { settings: `LOG_LEVEL=debug\nNOTES_KEY=\${key}`, args: "--dataset=0123456789abcdef0123456789abcdef\n--quiet" },
  { kind: "http", url: "https://x.test/mcp?project=7", settings: "X-Region: eu" },
])("the draft of a saved server keeps its values, which the browser does not store: %j", (some) => {
  const saved = fields(some);
  expect(keptOfFields(saved, saved)).toBe("");
  const changed = { ...saved, settings: `${saved.settings}\nNEW=${"k".repeat(40)}`, hosts: "a.test" };
  const kept = keptOfFields(changed, saved);
  for (const value of ["debug", "0123456789abcdef", "project=7", "eu", "kkk"]) expect(kept).not.toContain(value);
  const added = some.kind === "http" ? "" : "\nNEW=";
  expect(fieldsOfKept(kept, saved)).toEqual({ ...changed, settings: `${saved.settings}${added}` });
});

test("a draft keeps that the person removed a line of a saved server or changed its value", () => {
  const saved = fields({ settings: "LOG_LEVEL=debug\nREGION=eu", args: "--quiet" });
  const changed = { ...saved, settings: "REGION=us", args: "" };
  expect(fieldsOfKept(keptOfFields(changed, saved), saved)).toEqual({ ...changed, settings: "REGION=" });
});
