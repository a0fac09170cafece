/** Environments and promotions from the command line: a real server keeps them, and each command says how it ended. */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test, vi } from "vitest";
import { banyan, buildPrograms, dataFolder, startBanyan, startWorkerProcess } from "@/scripts/testing/command-line";

buildPrograms();

const SERVER = `
console.log("\\u001b[2Jstarted with " + process.env.KEY);
require("node:http")
  .createServer((request, response) => {
    response.setHeader("content-type", "application/json");
    response.end("{}");
  })
  .listen(process.env.PORT, process.env.HOST);
`;
const DOCUMENT = `openapi: 3.1.0
info: { title: A, version: "1" }
paths:
  /:
    get:
      operationId: look
      responses:
        "200": { description: It, content: { application/json: { schema: { type: object } } } }
`;

/** A project "shop" in a data folder, and its command line: exit status, and what both outputs say. */
async function shop() {
  const data = dataFolder();
  const folder = path.join(dataFolder(), "shop");
  mkdirSync(folder);
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", folder, "-c", "user.name=T", "-c", "user.email=t@example.org", ...args]);
  const commit = (files: Record<string, string>) => {
    for (const [file, text] of Object.entries(files)) writeFileSync(path.join(folder, file), text);
    git("add", "-A");
    git("commit", "-qm", "A change");
  };
  chmodSync(folder, 0o755);
  git("init", "-q", "-b", "main");
  commit({ "server.cjs": SERVER, "openapi.yaml": DOCUMENT, "package.json": '{"scripts":{"start":"node server.cjs"}}' });
  const service = (...args: string[]) => banyan(["service", ...args, "--data", data]);
  const said = async (...args: string[]) => {
    const { status, stdout, stderr } = await service(...args);
    return [status, stdout + stderr];
  };
  await banyan(["migrate", "--data", data]);
  expect((await banyan(["project", "add", folder, "--check", "true", "--data", data])).stderr).toBe("");
  return { data, commit, service, said };
}

test("an environment comes up, is checked, restarted, listed, read and ended, each with its exit status", async () => {
  const { data, service, said } = await shop();
  expect(await said("env")).toEqual([
    0,
    "There are no environments: make one with `npx banyan service env up PROJECT`.\n",
  ]);
  await startWorkerProcess(data);
  const up = await service("env", "up", "shop", "--env", "KEY=plain", "--keep", "2");
  expect(up.stdout).toMatch(
    /^The environment preview of shop is being prepared\.\n[\s\S]*\nOpen it: .*\/environments\/preview-shop-\w+\/open\n$/,
  );
  expect([up.status, up.stderr]).toEqual([0, ""]);
  const log = await service("env", "log", "shop/preview");
  expect([log.status, log.stdout.includes("\u001b")]).toEqual([0, false]);
  expect(log.stdout).toMatch(/^Wrote the files of commit \w{12}\.\n[\s\S]*started with plain\n$/);
  expect(JSON.parse((await service("env", "log", "preview", "--json")).stdout)).toEqual({ text: log.stdout });
  expect(JSON.parse((await service("env", "list", "shop", "--json")).stdout)).toMatchObject({
    items: [{ project: "shop", name: "preview", state: "running", variables: ["KEY"] }],
  });
  expect((await said("env", "list"))[1]).toMatch(/^shop\/preview[\s\S]*\n {6}\S.*; ends \d{4}-\d\d-\d\d \d\d:\d\d UTC/);
  const checked = await service("env", "check", "preview", "--requests", "5", "--json");
  expect(JSON.parse(checked.stdout)).toMatchObject({
    contract: { operations: 1, found: 0 },
    load: null,
    not_measured: [],
  });
  const slow = await service(
    "env",
    "check",
    "preview",
    "--requests",
    "5",
    "--load",
    "/",
    "--seconds",
    "1",
    "--p95",
    "60000",
  );
  expect(slow.stdout).toContain("is being checked");
  expect([checked.status, slow.status]).toEqual([0, 0]);
  const load = ["--requests", "5", "--load", "/", "--seconds", "1", "--p95", "1"];
  const unread = startBanyan(["service", "env", "check", "preview", ...load, "--data", data]);
  await unread.says("is being checked");
  unread.child.stdout.destroy();
  expect((await unread.done).status).toBe(130);
  expect((await said("env", "restart", "preview"))[0]).toBe(0);
  const json = await service("env", "up", "shop", "--name", "broken", "--command", "exit 3", "--json");
  expect([json.status, JSON.parse(json.stdout)]).toMatchObject([1, { name: "broken", state: "failed" }]);
  const broken = await service("env", "up", "shop", "--name", "broken", "--command", "exit 3");
  expect(broken.stdout).toContain("See its log: npx banyan service env log shop/broken\n");
  expect(broken.status).toBe(1);
  expect((await said("env", "down", "broken"))[0]).toBe(0);
}, 180_000);

test("wrong use of environments is one sentence with what to do", async () => {
  const { said } = await shop();
  const wrong: [string[], string][] = [
    [["env", "start"], "There is no `banyan service env start`: use up, down, list, restart, check, log."],
    [["env", "up"], "Say of which project: npx banyan service env up PROJECT."],
    [["env", "down"], "Say which: npx banyan service env down NAME."],
    [["env", "log", "nothing"], "There is no environment"],
    [["env", "restart", "nothing"], "There is no environment"],
    [["env", "up", "moon"], "moon"],
    [["env", "up", "shop", "--env", "KEY"], "--env is written NAME=VALUE"],
    [["env", "up", "shop", "--keep", "0"], "--keep"],
    [["env", "check", "preview", "--seconds", "3"], "Say which path is loaded: --load /reports."],
    [["env", "list", "--nothing"], "--nothing"],
  ];
  for (const [args, sentence] of wrong) expect(await said(...args)).toEqual([2, expect.stringContaining(sentence)]);
  expect(await said("env", "up", "shop")).toEqual([
    2,
    expect.stringContaining("No server runs, which would bring it up"),
  ]);
});

test("a promotion is asked for, approved, rejected, rolled back and read, each with its exit status", async () => {
  const { data, commit, service, said } = await shop();
  expect(await said("promotions", "shop")).toEqual([
    0,
    expect.stringContaining("shop has no targets: an admin sets one"),
  ]);
  const target = ["target", "shop", "production", "--deploy", "echo deployed $BANYAN_COMMIT"];
  expect((await said(...target, "--plan", "echo 1 to change", "--smoke", "true"))[0]).toBe(0);
  expect(await said("target", "shop")).toEqual([0, expect.stringContaining("production: nothing of Banyan's yet")]);
  await startWorkerProcess(data);
  const promote = async (...flags: string[]) => {
    const { status, stdout } = await service("promote", "shop", "--to", "production", ...flags);
    return { status, stdout, id: /promotions approve (\S+)/.exec(stdout)?.[1] ?? "" };
  };
  const first = await promote();
  expect(first.status).toBe(3);
  expect(first.stdout).toContain("\n1 to change\n");
  const done = await service("promotions", "approve", first.id.slice(0, 8));
  expect([done.status, done.stderr]).toEqual([0, ""]);
  expect(done.stdout).toContain(": done\n");
  expect((await said("promotions", "approve", first.id))[1]).toContain("does not wait for a decision: it is done");
  expect((await said("promotions", "log", first.id.slice(0, 8)))[1]).toMatch(
    /\$ echo deployed \$BANYAN_COMMIT\ndeployed \w{40}\n/,
  );
  commit({ "compose.yaml": "services:\n  web: { image: shop:1, privileged: true }\n" });
  const second = await promote();
  expect(second.stdout).toContain("Warning: compose.yaml, line 2: The service web is privileged");
  expect(await said("promotions", "reject", second.id, "--reason", "Not on a Friday.")).toEqual([
    0,
    expect.stringContaining("Rejected"),
  ]);
  expect((await said("promotions", "shop"))[1]).toMatch(/ {2}\S+ {2}production: .*: rejected\. Not on a Friday\.\n/);
  const third = await promote();
  expect((await said("promotions", "approve", third.id))[0]).toBe(0);
  const back = await service("rollback", "shop", "--to", "production", "--json");
  expect([back.status, JSON.parse(back.stdout)]).toMatchObject([3, { kind: "rollback", state: "asked" }]);
  expect((await said("promotions", "reject", JSON.parse(back.stdout).id))[0]).toBe(0);
  commit({ "compose.yaml": "services:\n  web: { image: shop:1, depends_on: [db] }\n" });
  const faulty = await promote();
  expect(faulty.status).toBe(1);
  expect(faulty.stdout).toContain(
    "The service web uses the service db, which is not defined. Nothing was changed there.",
  );
  const { targets, promotions } = JSON.parse((await service("promotions", "shop", "--json")).stdout);
  expect(targets).toMatchObject([{ name: "production", commit: expect.any(String) }]);
  expect(promotions.map(({ state }: { state: string }) => state)).toEqual([
    "failed",
    "rejected",
    "done",
    "rejected",
    "done",
  ]);
  expect((await said("target", "shop", "production", "--remove"))[0]).toBe(0);
}, 180_000);

test("wrong use of promotions is one sentence with what to do", async () => {
  const { said } = await shop();
  const wrong: [string[], string][] = [
    [["target"], "Say of which project: npx banyan service target PROJECT NAME --deploy COMMAND."],
    [
      ["target", "shop", "production"],
      'Say what deploys: npx banyan service target shop production --deploy "make deploy".',
    ],
    [["target", "shop", "--deploy", "true"], "Name the target"],
    [["target", "moon", "production", "--deploy", "true"], "moon"],
    [["target", "shop", "production", "--deploy", "true", "--plan-secret", "A"], "--plan-secret is written NAME=VALUE"],
    [["promote", "shop"], "Say which project and where: npx banyan service promote PROJECT --to production."],
    [["rollback"], "Say which project and where: npx banyan service rollback PROJECT --to production."],
    [["promote", "shop", "--to", "moon"], 'shop has no target "moon"'],
    [["promotions"], "Say of which project: npx banyan service promotions PROJECT, or approve ID, reject ID, log ID."],
    [["promotions", "approve"], "Say which: npx banyan service promotions approve ID."],
    [["promotions", "shop", "more"], "There is no `banyan service promotions shop ID`: use approve, reject, log."],
    [["promotions", "moon"], "moon"],
    [["promotions", "approve", "nothing"], "There is no promotion"],
    [["promotions", "log", "nothing"], "There is no promotion"],
  ];
  for (const [args, sentence] of wrong) expect(await said(...args)).toEqual([2, expect.stringContaining(sentence)]);
});

test("without a server nothing is deployed, so asking and approving say so with 2, also while a `run` works", async () => {
  const { data, service, said } = await shop();
  const noServer = [2, expect.stringContaining("No server runs, which would go on with it")];
  expect((await said("target", "shop", "production", "--deploy", "true"))[0]).toBe(0);
  const run = startBanyan(["run", "--runbook", "repository-survey", "--stepping", "manual", "Survey", "--data", data]);
  await run.says("The tree is paused");
  expect(await said("promote", "shop", "--to", "production")).toEqual(noServer);
  const worker = await startWorkerProcess(data);
  await vi.waitFor(async () => expect((await said("promotions", "shop"))[1]).toContain("waits"), { timeout: 30_000 });
  worker.child.kill("SIGTERM");
  await worker.done;
  const { promotions } = JSON.parse((await service("promotions", "shop", "--json")).stdout);
  expect(await said("promotions", "approve", promotions[0].id)).toEqual(noServer);
}, 180_000);
