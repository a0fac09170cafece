import { realpathSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ApiToken, User } from "@/core/rules/roles";
import { banyan, buildPrograms, dataFolder, json, withTree } from "@/scripts/testing/command-line";

buildPrograms();

test("a token is shown only when created; the list omits its secret; it can be revoked", async () => {
  const { data, tree } = await withTree();
  const at = ["--data", data];
  const made = await banyan(["token", "create", "--role", "operator", "--name", "ci", "--days", "7", ...at]);
  const token = made.stdout.trimEnd();
  expect([made.status, made.stdout]).toEqual([0, expect.stringMatching(/^byn_[\w-]{43}\n$/)]);
  expect(made.stderr).toMatch(
    /not shown again\. It acts as operator, until 2\d{3}-.*\nRevoke it with: npx banyan token revoke \w+/,
  );
  const scoped = (await json(["token", "create", "--task", tree.root_task_id, ...at])) as ApiToken & { token: string };
  expect(scoped).toMatchObject({ role: "viewer", task: tree.root_task_id, token: expect.stringMatching(/^byn_/) });
  const listed = await banyan(["token", ...at]);
  expect(listed.stdout).toMatch(/open +operator +ci, until .*, never used/);
  expect(listed.stdout).not.toContain("byn_");
  const revoked = await banyan(["token", "revoke", scoped.id, ...at]);
  expect([revoked.status, revoked.stdout]).toEqual([0, expect.stringContaining("The token is revoked")]);
  const { items } = (await json(["token", "list", ...at])) as { items: ApiToken[] };
  expect(items.map((item) => item.revoked_at !== null)).toEqual([true, false]);
  expect(JSON.stringify(items)).not.toContain(token);
});

test("a token may be allowed folders, when it is made and later; a home, a file and a revoked token are refused", async () => {
  const { data } = await withTree();
  const at = ["--data", data];
  const [shop, other] = [realpathSync(dataFolder()), realpathSync(dataFolder())];
  const made = await banyan(["token", "create", "--role", "operator", "--folder", shop, ...at]);
  expect(made.stderr).toContain(`It acts as operator, may work in ${shop}, until`);
  const { items } = (await json(["token", "list", ...at])) as { items: ApiToken[] };
  const id = items[0]?.id ?? "";
  const allow = (folder: string) => banyan(["token", "allow", id, folder, ...at]);
  expect((await allow(other)).stdout).toContain(`Tasks of this token may work in ${other}.`);
  await allow(other);
  const file = join(other, "file");
  writeFileSync(file, "");
  for (const [folder, sentence] of [
    ["/", "is your home or holds it"],
    [homedir(), "is your home or holds it"],
    [file, "There is no folder"],
    [join(other, "none"), "There is no folder"],
    [data, data],
  ] as const) {
    const { status, stderr } = await allow(folder);
    expect([folder, status, stderr]).toEqual([folder, 2, expect.stringContaining(sentence)]);
  }
  const after = (await json(["token", "list", ...at])) as { items: ApiToken[] };
  expect(after.items[0]?.folders).toEqual([shop, other]);
  expect((await banyan(["token", ...at])).stdout).toContain(`may work in ${shop} and ${other}`);
  await banyan(["token", "revoke", id, ...at]);
  expect((await allow(shop)).stderr).toContain("The token is revoked");
});

test("users can be added, given another role and removed, except the last admin", async () => {
  const { data } = await withTree();
  const at = ["--data", data];
  expect((await banyan(["users", ...at])).stdout).toContain("anyone on this machine is admin");
  expect(await json(["users", "add", "Ann@Example.org", "--role", "admin", "--name", "Ann", ...at])).toMatchObject({
    email: "ann@example.org",
    role: "admin",
  });
  const kept = await banyan(["users", "remove", "ann@example.org", ...at]);
  expect([kept.status, kept.stderr]).toEqual([2, expect.stringContaining("is the last admin")]);
  await json(["users", "add", "ben@example.org", "--role", "viewer", ...at]);
  await json(["users", "role", "ben@example.org", "admin", ...at]);
  await json(["users", "remove", "ann@example.org", ...at]);
  const { items } = (await json(["users", "list", ...at])) as { items: User[] };
  expect(items).toMatchObject([{ email: "ben@example.org", role: "admin" }]);
  expect((await banyan(["users", ...at])).stdout).toMatch(/^\w+ +admin +ben@example\.org$/m);
});

test("a lost sign-in link can be had again while a server runs, and leaves a row in the audit", async () => {
  const { data } = await withTree();
  const at = ["--data", data];
  const without = await banyan(["signin", ...at]);
  expect([without.status, without.stderr]).toEqual([2, expect.stringContaining("Start it with `npm start`")]);
  writeFileSync(join(data, "server.json"), JSON.stringify({ pid: process.pid, url: "http://127.0.0.1:4000" }));
  const made = await banyan(["signin", ...at]);
  expect([made.status, made.stdout.split("\n")[0]]).toEqual([
    0,
    expect.stringMatching(/^http:\/\/127\.0\.0\.1:4000\/signin\?token=[\w-]{43}$/),
  ]);
  const { items } = (await json(["audit", ...at])) as { items: { action: string }[] };
  expect(items[0]?.action).toBe("createSignInLink");
  expect(JSON.stringify(items)).not.toContain(made.stdout.split("token=")[1]?.trim());
});

test("wrong usage prints one sentence and exits with 2", async () => {
  const data = dataFolder();
  for (const [args, sentence] of [
    [["token", "make"], "There is no `banyan token make`: use create, list, allow, revoke."],
    [["token", "create"], "Give the token a role: --role viewer, operator, reviewer, admin."],
    [["token", "create", "ci"], "takes flags only"],
    [["token", "create", "--role", "viewer", "--days", "0"], "--days cannot be"],
    [["token", "revoke"], "Give the token's id"],
    [["token", "allow", "abc"], "Give the token's id, as `token list` shows it, and a folder"],
    [["users", "add", "ann@example.org"], "Give the address and the role"],
    [["users", "role", "ann@example.org"], "Give the user and the role"],
    [["users", "remove"], "Give the user's address or id"],
    [["users", "list"], "There is no database"],
  ] as const) {
    const { status, stdout, stderr } = await banyan([...args, "--data", data]);
    expect([args, status, stdout, stderr]).toEqual([args, 2, "", expect.stringContaining(sentence)]);
  }
});
