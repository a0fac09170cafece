import { expect, test } from "vitest";
import { z } from "zod";
import { UserError } from "@/agents/application";
import { type Actor, ownerCalled, type Role } from "@/core/rules/roles";
import type { AuditEntry } from "@/db/audit/audit";
import type { Operation, Subject } from "./operation";
import { said } from "./operation";
import { text } from "./parse";
import { createOperator } from "./perform";

const anna = ownerCalled("anna");
const as = (role: Role): Actor => ({ id: "user:1", name: "ben", role });

const declared = <
  Fields extends object = Record<never, never>,
  Result extends object = object,
  On extends Subject | undefined = undefined,
>(
  operation: Operation<string[], On, Fields, Result>,
) => operation;

/** Names what it acts on by two fields instead of an id. */
const rename = declared({
  right: "configure",
  summary: "Saves a name in place of another one.",
  input: z.strictObject({ kind: text, name: text, before: text }),
  audit: ["before"],
  names: ({ kind, name }) => `${kind} ${name}`,
  result: said,
  made: () => undefined,
  run: async ({ name, before }, _actor, list) => {
    if (!list.includes(before)) throw new UserError("not_found", `There is no ${before}.`);
    list.splice(list.indexOf(before), 1, name);
    return { sentence: "Renamed." };
  },
});

/** Operations on names in a list, and the rows that they leave. */
function start() {
  const names: string[] = [];
  const rows: (AuditEntry & { outcome?: string })[] = [];
  const operations = {
    add: declared({
      right: "configure",
      summary: "Adds a name.",
      input: z.strictObject({ name: text, why: text.optional() }),
      audit: ["why"],
      tells: ({ name }) => ({ characters: name.length }),
      result: said.extend({ id: z.string() }),
      made: ({ id }) => ({ subject: id, tree: "" }),
      run: async ({ name }, { name: by }, list) => {
        if (list.includes(name)) throw new UserError("conflict", `There is a ${name} already.`);
        list.push(name);
        return { sentence: `${by} added it.`, id: `id-of-${name}` };
      },
    }),
    remove: declared({
      right: "administer",
      summary: "Removes a name.",
      on: "name",
      reach: ({ id }) => ({ works: [id] }),
      audit: [],
      result: said,
      run: async ({ id }, _actor, list) => {
        list.splice(list.indexOf(id), 1);
        return { sentence: "Removed." };
      },
    }),
    rename,
    keep: declared({
      right: "administer",
      summary: "Keeps a name as it is.",
      input: z.strictObject({ name: text }),
      keepsSecrets: true,
      audit: [],
      result: said,
      run: async ({ name }, _actor, list) => {
        list.push(name);
        return { sentence: "Kept." };
      },
    }),
  };
  const operator = createOperator(operations, {
    world: names,
    audit: {
      append: async (made) => void rows.push(...made.map((row) => ({ ...row, ...JSON.parse(row.detail) }))),
      find: (of, id) => ({ subject: `${of} ${id}`, tree: "" }),
      redact: (words) => words.replaceAll("key", "[key]"),
      report: () => {},
    },
    checkReach: ({ works = [] }) => {
      if (works.includes("far")) throw new UserError("forbidden", "That is not yours.");
    },
    redactor: { redactValue: (value) => JSON.parse(JSON.stringify(value).replaceAll("key", "[key]")) },
  });
  return { operator, names, rows };
}

test("an operation runs for its actor and leaves one row, about what it has made", async () => {
  const { operator, names, rows } = start();
  expect(await operator.run("add", { name: "one", why: "Because.\nIt is so." }, anna)).toEqual({
    sentence: "anna added it.",
    id: "id-of-one",
  });
  expect(names).toEqual(["one"]);
  expect(rows).toMatchObject([
    { actor: "anna", action: "add", subject: "id-of-one", outcome: "done", why: "Because.", characters: 3 },
  ]);
  expect(rows[0]?.detail).not.toContain('"one"');
  await operator.run("remove", { id: "one" }, anna);
  expect(rows[1]).toMatchObject({ action: "remove", subject: "name one", outcome: "done" });
  expect(names).toEqual([]);
});

test("what no id names is named by the fields of the input, whether it is done or refused", async () => {
  const { operator, names, rows } = start();
  await operator.run("add", { name: "one" }, anna);
  await operator.run("rename", { kind: "agent", name: "two", before: "one" }, anna);
  await expect(operator.run("rename", { kind: "agent", name: "three", before: "one" }, anna)).rejects.toThrow("no one");
  await expect(operator.run("rename", { kind: "agent", name: "four", before: "two" }, as("viewer"))).rejects.toThrow();
  expect(names).toEqual(["two"]);
  expect(rows.slice(1)).toMatchObject([
    { action: "rename", subject: "name agent two", outcome: "done", before: "one" },
    { action: "rename", subject: "name agent three", outcome: "refused" },
    { action: "rename", subject: "name agent four", outcome: "refused" },
  ]);
});

test("who may not is told so before anything about the input, and leaves a row", async () => {
  const { operator, names, rows } = start();
  for (const given of [{ name: "one" }, { nonsense: 1 }, null, "text"])
    await expect(operator.run("add", given, as("viewer"))).rejects.toMatchObject({
      kind: "forbidden",
      message: expect.stringContaining("You are signed in as viewer"),
    });
  expect(names).toEqual([]);
  expect(rows.map(({ actor, outcome }) => [actor, outcome])).toEqual(Array(4).fill(["ben", "refused"]));
});

test("input of the wrong form is refused with the field's name; nothing happens and no row is left", async () => {
  const { operator, names, rows } = start();
  const refused = (name: string, given: unknown) => expect(operator.run(name, given, anna)).rejects;
  await refused("add", {}).toMatchObject({ kind: "invalid", message: '"name" must be text.' });
  await refused("add", { name: "one", stray: 1 }).toThrow('There is no field "stray" in this request.');
  await refused("add", [1]).toThrow("The body must be a JSON object.");
  await refused("remove", {}).toThrow('"id" must be text.');
  await refused("remove", { id: "one", name: "one" }).toThrow('There is no field "name" in this request.');
  await refused("constructor", {}).toThrow("There is no operation constructor.");
  expect(operator.rightOf("constructor")).toBeUndefined();
  expect(names).toEqual([]);
  expect(rows).toEqual([]);
});

test("a refusal by the operation itself is a row with its sentence", async () => {
  const { operator, rows } = start();
  await operator.run("add", { name: "one" }, anna);
  await expect(operator.run("add", { name: "one" }, anna)).rejects.toThrow("There is a one already.");
  expect(rows[1]).toMatchObject({ outcome: "refused", sentence: "There is a one already.", subject: "" });
});

test("what an operation reaches is checked before it runs", async () => {
  const { operator, names, rows } = start();
  names.push("far");
  await expect(operator.run("remove", { id: "far" }, anna)).rejects.toThrow("That is not yours.");
  expect(names).toEqual(["far"]);
  expect(rows).toMatchObject([{ action: "remove", subject: "name far", outcome: "refused" }]);
});

test("a key in the input is redacted before the operation sees it, unless the vault keeps it", async () => {
  const { operator, names } = start();
  await operator.run("add", { name: "my key" }, anna);
  await operator.run("keep", { name: "my key" }, anna);
  expect(names).toEqual(["my [key]", "my key"]);
});
