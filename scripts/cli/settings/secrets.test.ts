import { chmodSync, existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import {
  banyan,
  buildPrograms,
  dataFolder,
  json,
  startInTerminal,
  startWorkerProcess,
  withTree,
} from "@/scripts/testing/command-line";

buildPrograms();

/** Makes a data folder with a separate folder for keys and anchors. */
function place() {
  const config = dataFolder();
  const data = dataFolder();
  const env = { XDG_CONFIG_HOME: config };
  const keyFile = path.join(config, "banyan", "keys.json");
  const call = (args: string[], stdin?: string) => banyan([...args, "--data", data], { env, stdin });
  return { config, data, env, keyFile, call };
}

test("a secret can be set from a pipe, listed without its value, rotated and removed", async () => {
  const { call, data, keyFile } = place();
  expect(await call(["secrets", "set", "deploy/token"], "correct-horse-battery\n")).toMatchObject({
    status: 0,
    stdout: "Saved the secret deploy/token, which ends in tery.\n",
  });
  const listed = await call(["secrets", "list", "--json"]);
  expect(JSON.parse(listed.stdout)).toEqual({
    items: [
      { name: "deploy/token", last_four: "tery", updated_by: expect.any(String), updated_at: expect.any(String) },
    ],
    next: null,
  });
  expect((await call(["secrets"])).stdout).toContain("deploy/token  …tery");
  expect(existsSync(keyFile)).toBe(true);
  expect((await call(["secrets", "rotate"])).stdout).toContain("encrypted with the new key: 1. Old keys dropped: 1;");
  expect((await call(["secrets", "remove", "deploy/token"])).stdout).toContain("Removed the secret");
  expect((await call(["secrets"])).stdout).toContain("There are no secrets");
  const bytes = readdirSync(data).map((name) => readFileSync(path.join(data, name), "latin1"));
  expect(bytes.join("")).not.toContain("correct-horse");
  const rows = JSON.parse((await call(["audit", "--json"])).stdout) as { items: { action: string; subject: string }[] };
  expect(rows.items.map(({ action, subject }) => `${action} ${subject}`)).toEqual([
    "removeSecret deploy/token",
    "rotateSecrets ",
    "setSecret deploy/token",
  ]);
});

test("a secret typed at a terminal is not echoed", async () => {
  const { data, env, call } = place();
  const running = startInTerminal(["secrets", "set", "typed", "--data", data], { columns: 80, rows: 24 }, { env });
  await running.says("(not shown)");
  running.child.stdin.write("open-sesame-nowx\u007f\r");
  const { status, stdout } = await running.done;
  expect([status, stdout]).toEqual([0, expect.stringContaining("Saved the secret typed")]);
  expect(stdout).not.toContain("sesame");
  expect((await call(["secrets"])).stdout).toContain("…-now");
});

test("an error is one sentence and contains no secret value", async () => {
  const { call, keyFile, data, env } = place();
  await call(["secrets", "set", "a"], "value-of-the-secret");
  const cases: [string[], string, string?][] = [
    [["secrets", "set"], "Name the secret"],
    [["secrets", "set", "A B"], "is not a valid name", "value-of-the-secret"],
    [["secrets", "set", "b"], "The secret is empty", "\n"],
    [["secrets", "set", "b"], "larger than 64 KB", "value-of-the-secret".repeat(10_000)],
    [["secrets", "set", "b", "value"], "Too many arguments"],
    [["secrets", "remove", "b"], "There is no secret b."],
    [["secrets", "sing"], "list, set NAME, remove NAME or rotate"],
    [["audit", "sing"], "list, verify or accept"],
    [["audit", "--limit", "0"], "--limit cannot be"],
    [["audit", "--after", "soon"], 'The cursor "soon" is invalid'],
  ];
  const refused = async ([args, says, stdin]: (typeof cases)[number]) => {
    const { status, stdout, stderr } = await call(args, stdin);
    expect([args, status, stdout, stderr]).toEqual([args, 2, "", expect.stringContaining(says)]);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(stderr).not.toContain("value-of-the-secret");
  };
  for (const example of cases) await refused(example);
  chmodSync(keyFile, 0o644);
  const loose = `The key file ${keyFile} can be read or written by others (mode 0644): restrict it with \`chmod 600 ${keyFile}\`.`;
  await refused([["secrets", "set", "b"], loose, "value-of-the-secret"]);
  await expect(startWorkerProcess(data, env)).rejects.toThrow(loose);
  expect((await call(["doctor"])).stdout).toContain(`✕ fail Secrets: ${loose}`);
  chmodSync(keyFile, 0o600);
  const within = { XDG_CONFIG_HOME: path.join(data, "config") };
  const wrong = await banyan(["secrets", "set", "b", "--data", data], { env: within, stdin: "value" });
  expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringContaining("is in the data folder")]);
}, 600_000);

test("commands write audit rows; `audit verify` and `doctor` find an altered row", async () => {
  const { data, tree } = await withTree();
  const at = ["--data", data];
  await banyan(["stop", tree.id.slice(0, 8), "--reason", "enough", ...at]);
  await banyan(["retry", tree.id, ...at]);
  const { items } = (await json(["audit", "list", ...at])) as { items: Record<string, string>[] };
  expect(items).toMatchObject([
    { action: "retry", tree: tree.id },
    { action: "stop", subject: tree.id, tree: tree.id, detail: '{"outcome":"done","reason":"enough"}' },
    { action: "submitTree", subject: tree.id, tree: tree.id },
  ]);
  expect(await json(["audit", "list", "--action", "stop", ...at])).toMatchObject({ items: [{ action: "stop" }] });
  expect(await json(["audit", "verify", ...at])).toMatchObject({ ok: true, rows: 3, faults: [] });
  expect((await banyan(["doctor", ...at])).stdout).toContain("✓ ok   Audit: Verified the newest 3 rows against");
  new Database(path.join(data, "banyan.db")).exec("UPDATE audit SET actor = 'somebody else' WHERE id = 2").close();
  const found = await banyan(["audit", "verify", ...at]);
  expect([found.status, found.stdout]).toEqual([1, "The audit's row 2, or the hash of row 1, was altered.\n"]);
  const ill = await banyan(["doctor", ...at]);
  expect([ill.status, ill.stdout]).toEqual([1, expect.stringContaining("✕ fail Audit: The audit's row 2, or")]);
}, 600_000);

test("`audit verify` reports a restored older database until a person accepts it", async () => {
  const { data, tree } = await withTree();
  const at = ["--data", data];
  const { file } = (await json(["backup", ...at])) as { file: string };
  await banyan(["stop", tree.id, ...at]);
  await banyan(["restore", file, ...at]);
  const found = await banyan(["audit", "verify", ...at]);
  expect([found.status, found.stdout]).toEqual([1, expect.stringContaining("an older database was restored")]);
  expect((await banyan(["audit", "accept", ...at])).stdout).toContain("up to row 1.");
  expect(await json(["audit", "verify", ...at])).toMatchObject({ ok: true });
  expect(await json(["audit", ...at])).toMatchObject({ items: [{ action: "acceptAudit" }, { action: "submitTree" }] });
}, 600_000);
