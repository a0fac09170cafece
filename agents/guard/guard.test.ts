import { expect, onTestFinished, test } from "vitest";
import { type Actor, ownerCalled } from "@/core/rules/roles";
import { startTrial } from "@/tests/agents/trial";
import { guarded, PERMISSIONS } from "./guard";

async function start() {
  const trial = await startTrial({ work: false });
  onTestFinished(() => trial.close());
  return { trial, app: trial.runtime.application };
}
const actor = (role: Actor["role"], more: Partial<Actor> = {}): Actor => ({
  id: `user:${role}`,
  name: role,
  role,
  ...more,
});

test("every method of the real application has a permission, and every permission a method", async () => {
  const { app } = await start();
  expect([...Object.keys(app.queries), "onTree", "onTrees", "onActivity", "activitiesIn", "activityOf"].sort()).toEqual(
    Object.keys(PERMISSIONS).sort(),
  );
});

test("a query without a permission is refused to everybody, and what is no operation cannot be called", async () => {
  const { app } = await start();
  const queries = { ...app.queries, readEverything: async () => "read" };
  const planted = guarded({ ...app, queries }, ownerCalled("ann"));
  const asked = planted.queries as unknown as typeof queries;
  await expect(asked.readEverything()).rejects.toMatchObject({ kind: "forbidden" });
  expect(Reflect.get(planted.commands, "dropEverything")).toBeUndefined();
});

test("an operation is recorded with the name of who came in", async () => {
  const { app } = await start();
  const { commands, queries } = guarded(app, actor("operator", { name: "ann" }));
  const tree = await commands.submitTree({ task: "Look", agent: "worker" });
  expect(tree.created_by).toBe("ann");
  await expect(guarded(app, actor("viewer")).commands.stop({ id: tree.id })).rejects.toMatchObject({
    kind: "forbidden",
    message: "You are signed in as viewer; starting and steering tasks needs operator: ask an admin.",
  });
  expect((await queries.getTree(tree.id)).ended_at).toBeNull();
});

test("a feed is opened by who may look, and not by a token of one task", async () => {
  const { trial, app } = await start();
  const tree = await trial.submit({ task: "Look", agent: "worker" });
  guarded(app, actor("viewer")).live.onTree(tree.id, () => {})();
  const token = guarded(app, actor("viewer", { task: tree.root_task_id }));
  expect(() => token.live.onTree(tree.id, () => {})).toThrow("This token may only see task");
  await expect(token.queries.getTree(tree.id)).rejects.toMatchObject({ kind: "forbidden" });
  await expect(token.queries.listMessages({ treeId: tree.id })).rejects.toMatchObject({ kind: "forbidden" });
  expect((await token.queries.getTask(tree.root_task_id.slice(0, 8))).id).toBe(tree.root_task_id);
  expect([token.may("getTask"), token.may("listTrees"), token.may("submitTree")]).toEqual([true, false, false]);
});

test("the last admin stays one, and stays; with a second one either may go", async () => {
  const { app } = await start();
  const owner = ownerCalled("owner");
  const { commands, queries } = guarded(app, owner);
  const ann = await commands.addUser({ email: "Ann@Example.org", name: " Ann ", role: "admin" });
  expect(ann).toMatchObject({ email: "ann@example.org", name: "Ann", role: "admin" });
  const last = { kind: "conflict", message: expect.stringContaining("is the last admin") };
  await expect(commands.removeUser({ id: "ann@example.org" })).rejects.toMatchObject(last);
  await expect(commands.setUserRole({ id: ann.id, role: "viewer" })).rejects.toMatchObject(last);
  expect(await commands.setUserRole({ id: ann.id, role: "admin" })).toEqual({
    sentence: "ann@example.org now has the role admin.",
  });
  const ben = await commands.addUser({ email: "ben@example.org", role: "admin" });
  // Both at the same time: one of them is then the last admin.
  const both = await Promise.allSettled([commands.removeUser({ id: ann.id }), commands.removeUser({ id: ben.id })]);
  expect(both.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  expect(await queries.listUsers()).toMatchObject([{ email: "ben@example.org" }]);
  await expect(commands.removeUser({ id: ann.id })).rejects.toMatchObject({ kind: "not_found" });
});

test("a token has no more than who made it has now, and is used, noted, expired and revoked", async () => {
  let time = 1_800_000_000_000;
  const trial = await startTrial({ work: false, runtime: { now: () => time } });
  onTestFinished(() => trial.close());
  const { people, log } = trial.runtime.store;
  const owner = ownerCalled("owner");
  const { commands, queries } = guarded(trial.runtime.application, owner);
  const ann = await commands.addUser({ email: "ann@example.org", role: "admin" });
  await commands.addUser({ email: "ben@example.org", role: "admin" });
  const asAnn: Actor = { id: `user:${ann.id}`, name: ann.email, role: "admin" };
  const made = await guarded(trial.runtime.application, asAnn).commands.createToken({
    role: "admin",
    name: "ci",
    days: 1,
  });
  expect(made.token).toMatch(/^byn_[\w-]{43}$/);
  expect(made).toMatchObject({ created_by: "ann@example.org", last_used_at: null, revoked_at: null });
  expect(JSON.stringify(await queries.listTokens())).not.toContain(made.token);
  const { hashOfToken } = await import("@/lib/auth/token");
  const use = () => people.ofToken(hashOfToken(made.token));
  const usedAt = async () => {
    await log.drain();
    return (await queries.listTokens())[0]?.last_used_at;
  };
  expect(await use()).toEqual({ id: `token:${made.id}`, name: "ann@example.org (token ci)", role: "admin" });
  const first = new Date(time).toISOString();
  expect(await usedAt()).toBe(first);
  time += 59_000;
  await use();
  expect(await usedAt()).toBe(first);
  time += 1_000;
  await use();
  expect(await usedAt()).toBe(new Date(time).toISOString());
  // A clock that was ahead is set right.
  time -= 3_600_000;
  await use();
  expect(await usedAt()).toBe(new Date(time).toISOString());
  time += 3_600_000;

  await commands.setUserRole({ id: ann.id, role: "operator" });
  expect(await use()).toMatchObject({ role: "operator" });
  expect(await queries.listTokens()).toMatchObject([{ role: "operator", given_role: "admin" }]);
  time += 86_400_000;
  expect(await use()).toBeNull();

  const other = await commands.createToken({ role: "viewer" });
  expect(await commands.revokeToken({ id: other.id.slice(0, 6) })).toMatchObject({
    sentence: expect.stringContaining("revoked"),
  });
  expect(await people.ofToken(hashOfToken(other.token))).toBeNull();
  await expect(commands.revokeToken({ id: other.id })).rejects.toMatchObject({ kind: "conflict" });
});

test("folders of a token count while its maker is an admin, and those of the owner's tokens always", async () => {
  const { trial } = await start();
  const { people } = trial.runtime.store;
  const { commands, queries } = guarded(trial.runtime.application, ownerCalled("owner"));
  for (const email of ["ann@example.org", "ben@example.org"]) await commands.addUser({ email, role: "admin" });
  const { hashOfToken } = await import("@/lib/auth/token");
  const given = { role: "operator", task: null, folders: ["/srv/work"], expiresAtMs: null } as const;
  const tokens: { uid: string; hash: string; by: string }[] = [];
  for (const by of ["ann@example.org", "owner"]) {
    const token = { ...given, uid: `of-${by}`, hash: hashOfToken(by), name: "ci", by };
    await people.addToken(token);
    tokens.push(token);
  }
  const { makerNow } = await import("@/agents/schedules/maker");
  const foldersNow = async () =>
    Promise.all(
      tokens.map(async ({ uid, hash, by }) => {
        const maker: Actor = { id: `token:${uid}`, name: by, role: "operator", folders: given.folders };
        const now = makerNow(people, { maker, rights: [] }, Date.now());
        return [(await people.ofToken(hash))?.folders, "actor" in now && now.actor.folders];
      }),
    );
  const all = [given.folders, given.folders];
  expect(await foldersNow()).toEqual([all, all]);
  await commands.setUserRole({ id: "ann@example.org", role: "operator" });
  expect(await foldersNow()).toEqual([[undefined, undefined], all]);
  expect((await queries.listTokens()).map(({ folders }) => folders)).toEqual([given.folders, []]);
});

test("what is no user and no token is refused with one sentence", async () => {
  const { trial, app } = await start();
  const tree = await trial.submit({ task: "Look", agent: "worker" });
  const owner = ownerCalled("owner");
  const { commands, queries } = guarded(app, owner);
  await commands.addUser({ email: "ann@example.org", role: "viewer" });
  for (const [does, message] of [
    [() => commands.addUser({ email: "ann", role: "viewer" }), "“ann” is not an e-mail address"],
    [() => commands.addUser({ email: "ANN@example.org", role: "admin" }), "ann@example.org is already a user"],
    [() => commands.addUser({ email: "b@example.org", role: "root" }), "There is no role “root”"],
    [() => commands.addUser({ email: "b@example.org", role: "viewer", name: "a\u202eb" }), "no invisible characters"],
    [() => commands.setUserRole({ id: "zzzz", role: "viewer" }), "There is no user zzzz"],
    [() => commands.removeUser({ id: "" }), "There is no user"],
    [() => commands.createToken({ role: "viewer", days: 0 }), "1 to 3650 whole days"],
    [() => commands.createToken({ role: "viewer", days: 1.5 }), "1 to 3650 whole days"],
    [() => commands.createToken({ role: "viewer", name: "a) (token b" }), "The name of a token"],
    [() => commands.createToken({ role: "operator", task: tree.root_task_id }), "give it the role viewer"],
    [() => commands.createToken({ role: "viewer", task: "zzzz" }), "There is no task zzzz"],
    [() => commands.revokeToken({ id: "zzzz" }), "There is no token zzzz"],
  ] as const)
    await expect(does()).rejects.toMatchObject({ name: "UserError", message: expect.stringContaining(message) });
  expect(await queries.listUsers()).toHaveLength(1);
  expect(await queries.listTokens()).toEqual([]);
});

test("only those who may change servers read a server's settings, of now and of earlier versions", async () => {
  const { trial } = await start();
  const config = { kind: "stdio", name: "notes", command: "node", args: [], env: { KEY: "canary-5e1f" } } as const;
  const body = {
    name: "notes",
    title: "Notes",
    description: "Notes.",
    level: "write",
    source: "mcp",
    optional: true,
    policy: "inherit",
    availability: { available: true, since: "" },
    server: { config, tools: [], scope: "tree", workspace: "none" },
  } as const;
  const { application, store } = trial.runtime;
  for (const title of ["Notes", "More notes"]) {
    const entry = { kind: "tool", name: "notes", description: "Notes.", body: { ...body, title } } as const;
    await store.configuration.put(entry as never, "ann", "Added.");
  }
  const read = async (role: Actor["role"]) => {
    const { queries } = guarded(application, actor(role));
    return JSON.stringify([await queries.getTool("notes"), await queries.getToolVersion("notes", 2)]);
  };
  for (const role of ["viewer", "operator", "reviewer"] as const) {
    expect(await read(role), role).not.toContain("canary-5e1f");
    expect(await read(role), role).toContain("KEY");
  }
  expect((await read("admin")).match(/canary-5e1f/g)).toHaveLength(4);
});
