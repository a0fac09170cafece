/**
 * A10: what an open page can still do when its person gets a lower role, is removed or signs out. It tries every action
 * of the pages, including new ones.
 */
import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { type Application, UserError } from "@/agents/application";
import type { WholeApplication } from "@/agents/boot/acting";
import { operations } from "@/agents/commands/operations";
import { type Method, PERMISSIONS, setApplication } from "@/agents/guard/guard";
import type { AnyOperation } from "@/agents/operations/operation";
import { createOperator } from "@/agents/operations/perform";
import { may, ownerCalled, type Permission, ROLES, type Role, refusalOf } from "@/core/rules/roles";
import { type Doors, startDoors } from "@/server/testing/doors";
import { NO_AUDIT } from "@/tests/agents/no-audit";
import { request } from "@/tests/next-headers";

type Action = (...given: unknown[]) => Promise<unknown>;

async function allActions(): Promise<Map<string, Action>> {
  const all = readdirSync("app", { recursive: true, encoding: "utf8" }).map((file) => `app/${file}`);
  const files = all.filter((file) => /\.tsx?$/.test(file) && /^"use server";/m.test(readFileSync(file, "utf8")));
  const modules = await Promise.all(
    files.map(async (file) => {
      const exported = (await import(resolve(file))) as Record<string, Action>;
      return Object.entries(exported).map(([name, action]) => [`${file} ${name}`, action] as const);
    }),
  );
  return new Map(
    modules.flat().flatMap(([name, action]) => (name === OPERATE ? eachOperation(action) : [[name, action]])),
  );
}

/** The one action of all operations, once for each that pages have. */
const OPERATE = "app/operate-once.ts operateOnce";

/** Each call has a key of its own, or it would get the answer of an earlier one. */
let calls = 0;

function eachOperation(operate: Action): [string, Action][] {
  const open = Object.keys(operations).filter((name) => app.operations.isOpen(name));
  return open.map((name) => [`${OPERATE} ${name}`, () => operate(name, {}, `key-${++calls}`)]);
}

const SUBMISSION = { task: "x" };
const SCHEDULE = { name: "x", cron: "0 9 * * *", submission: SUBMISSION };

/** Arguments that an action needs to reach the application. All others get words. */
const GIVEN: Record<string, unknown[]> = {
  addSchedule: [SCHEDULE],
  addUser: [{}],
  addWebhook: [{}],
  changeRequirements: [{ id: "x", change: "x" }],
  changeSchedule: ["x", { name: "y" }],
  createToken: [{}],
  deleteTrees: [[{ id: "x", ended_at: "x" }]],
  linkForge: [{ id: "x" }],
  makeOfDocument: [{ workspace: "/x" }],
  rotateWebhookSecret: [{}],
  beginSpecified: [{ workspace: "/x", requirements: "x" }],
  saveTemplate: ["x", SUBMISSION],
  submitTree: [SUBMISSION],
  testProvider: [{}],
};

/** Results for actions that use a result in a further call. */
const FOUND: { [name in Method]?: unknown } = {
  listProviders: [{ name: "x", parked_tasks: [{ id: "x" }] }],
  listTrees: { items: [{ id: "x" }] },
};

/** Actions that a page starts by itself, and leaves out without a message for a person without permission. */
const FOR_ALL = / (keepTheme|openedTree)$/;
/** Actions that change nothing and need only permission to read. */
const READS = /(read\w+|exportEntries)$/;

const WORDS = ["x", "x", "x", "x"];

/** Calls of the application that passed the guard. Commands, and queries that not everybody may call, end there. */
function recorded(app: Application, reached: Method[]): Application {
  const recording = <Methods extends object>(methods: Methods): Methods =>
    new Proxy(methods, {
      get(target, name) {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== "function") return method;
        return (...given: unknown[]) => {
          reached.push(name as Method);
          if (FOUND[name as Method]) return Promise.resolve(FOUND[name as Method]);
          if ((PERMISSIONS as Record<string, Permission>)[name as string] === "look" && target === app.queries)
            return method.apply(target, given);
          throw new UserError("conflict", "It got past the guard.");
        };
      },
    });
  const recordedOperations = Object.entries<AnyOperation>(operations).map(
    ([name, { right, summary, http, onPages }]) => {
      const run = () => {
        reached.push(name as Method);
        throw new UserError("conflict", "It got past the guard.");
      };
      // For any input, because permissions are checked first.
      const input = z.looseObject({});
      return [name, { right, summary, http, onPages, input, audit: [], result: z.object({}), run }] as const;
    },
  );
  return {
    ...app,
    queries: recording(app.queries),
    operations: createOperator(Object.fromEntries(recordedOperations) as Record<string, AnyOperation>, {
      world: undefined as never,
      audit: NO_AUDIT,
      redactor: { redactValue: (value) => value },
      checkReach: () => {},
    }),
  };
}

interface Called {
  reached: Method[];
  /** Returns the result that the page gets, as JSON, or the error. */
  answer: string;
  thrown: boolean;
}

let doors: Doors;
let app: WholeApplication;
const ANN = "ann@example.org";
const by = ownerCalled("test");

beforeEach(async () => {
  doors = await startDoors();
  app = doors.trial.runtime.application;
  await doors.signedIn("admin", "other@example.org");
  request.cookie = (await doors.signedIn("admin", ANN)).cookie;
});

afterEach(() => {
  request.cookie = null;
});

async function callAll(): Promise<Map<string, Called>> {
  const called = new Map<string, Called>();
  for (const [name, action] of await allActions()) {
    const reached: Method[] = [];
    setApplication(recorded(app, reached));
    const given = GIVEN[name.split(" ").at(-1) ?? ""] ?? WORDS;
    const [answer, thrown] = await action(...given).then(
      (value) => [JSON.stringify(value) ?? "", false] as const,
      (error: Error & { digest?: string }) => [error.digest ?? `${error.message}`, true] as const,
    );
    called.set(name, { reached, answer, thrown });
  }
  return called;
}

/** Returns the method that an action reached and that the role lacks. */
const beyond = ({ reached }: Called, role: Role) => reached.find((method) => !may(role, rightOf(method)));

function rightOf(method: Method) {
  const right = app.operations.rightOf(method) ?? (PERMISSIONS as Partial<Record<Method, Permission>>)[method];
  if (!right) throw new Error(`${method} has no right.`);
  return right;
}

test.each(ROLES.filter((role) => role !== "admin"))(
  "A10: each action of an open page refuses what its person may no longer do as %s",
  async (role) => {
    const before = await callAll();
    const idle = [...before].filter(
      ([name, called]) => !beyond(called, "viewer") && !READS.test(name) && !FOR_ALL.test(name),
    );
    expect(idle, "with what the test gives them, these do not act: give them more in GIVEN").toEqual([]);
    await app.commands.setUserRole({ id: ANN, role }, by);
    const after = await callAll();
    expect([...after].filter(([, called]) => beyond(called, role) !== undefined)).toEqual([]);
    for (const [name, called] of before) {
      const method = beyond(called, role);
      const { answer, thrown } = after.get(name)!;
      if (!method || FOR_ALL.test(name)) continue;
      expect([name, thrown], answer).toEqual([name, false]);
      expect([name, answer]).toEqual([name, expect.stringContaining(refusalOf(role, rightOf(method)))]);
      expect([name, answer]).toEqual([name, expect.not.stringContaining('"ok":true')]);
    }
  },
);

const ENDS: [string, () => Promise<unknown>][] = [
  ["is removed", () => app.commands.removeUser({ id: ANN }, by)],
  ["signs out elsewhere", () => doors.server.auth.endSession(request.cookie ?? "")],
  [
    "is removed by another process",
    async () => {
      const { people } = doors.elsewhere();
      return people.removeUser(people.findUser(ANN)?.id ?? "", "elsewhere");
    },
  ],
];

test.each(ENDS)("A10: each action of an open page leads to the sign-in page when its person %s", async (_, end) => {
  await end();
  const before = doors.everything();
  request.set.length = 0;
  for (const [name, { reached, answer, thrown }] of await callAll())
    expect([name, reached, thrown, answer]).toEqual([
      name,
      [],
      true,
      expect.stringMatching(/^NEXT_REDIRECT;.*;\/signin;/),
    ]);
  expect(request.set).toEqual([]);
  expect(doors.everything()).toBe(before);
});
