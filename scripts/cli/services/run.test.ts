/** `service run`: a service in the sandbox, from the command line. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { banyan, buildPrograms, dataFolder, startBanyan } from "@/scripts/testing/command-line";

buildPrograms();

const SERVER = `
const fs = require("node:fs");
const file = process.env.DATA_DIR + "/starts";
const starts = 1 + Number(fs.existsSync(file) ? fs.readFileSync(file, "utf8") : 0);
fs.writeFileSync(file, String(starts));
require("node:http")
  .createServer((request, response) => {
    console.log("\u001b[2Jasked for " + request.url);
    if (request.url === "/end") process.exit(4);
    response.end(request.url === "/key" ? process.env.API_KEYS : String(starts));
  })
  .listen(process.env.PORT, process.env.HOST);
`;

function folderOf(files: Record<string, string>): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "banyan-service-run-"));
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  // As a person's folder is: root's services run as another user.
  fs.chmodSync(folder, 0o755);
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), text);
  return folder;
}

const service = () => folderOf({ "server.js": SERVER, "package.json": '{"scripts":{"start":"node server.js"}}' });

async function running(folder: string, data: string, ...flags: string[]) {
  const run = startBanyan(["service", "run", folder, "--data", data, ...flags]);
  await run.says("runs in the sandbox at ");
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(run.output.stdout)?.[0] ?? "";
  return { ...run, ask: async (at: string) => (await fetch(`${url}${at}`)).text() };
}

test("a service runs until it is interrupted, and keeps its data until --fresh", async () => {
  const [folder, data] = [service(), dataFolder()];
  const first = await running(folder, data);
  expect(await first.ask("/one")).toBe("1");
  await first.says("asked for /one");
  first.child.kill("SIGINT");
  const { status, stdout } = await first.done;
  expect([status, stdout.includes("\u001b")]).toEqual([130, false]);
  const second = await running(folder, data, "--env", "API_KEYS=a=b,c");
  expect([await second.ask("/"), await second.ask("/key")]).toEqual(["2", "a=b,c"]);
  second.child.kill("SIGTERM");
  await second.done;
  const third = await running(folder, data, "--fresh");
  expect(await third.ask("/")).toBe("1");
  await third.ask("/end").catch(() => undefined);
  const ended = await third.done;
  expect([ended.status, ended.stderr.trim()]).toEqual([2, "The service has ended with exit status 4."]);
  expect(fs.readdirSync(folder).sort()).toEqual(["package.json", "server.js"]);
});

test("what cannot run is refused in one sentence that says what to do", async () => {
  const data = dataFolder();
  const refused = async (folder: string, ...flags: string[]) => {
    const { status, stderr } = await banyan(["service", "run", folder, "--data", data, ...flags]);
    expect(status).toBe(2);
    return stderr.trim();
  };
  expect(await refused("/nowhere")).toBe("There is no folder /nowhere: name the folder of a service.");
  expect(await refused(folderOf({ "index.html": "" }))).toMatch(/^Nothing says how .* starts: give --command/);
  const needs = { scripts: { start: "node server.js" }, dependencies: { fastify: "5" } };
  expect(await refused(folderOf({ "package.json": JSON.stringify(needs) }))).toMatch(
    /^The packages of .* are not installed, and in the sandbox there is no network: run npm install there first\.$/,
  );
  expect(await refused(folderOf({}), "--command", "echo no database >&2; exit 1")).toBe(
    "The service ended with exit status 1 before it listened. It said last: no database",
  );
  expect(await refused(folderOf({}), "--command", "true", "--env", "secret-value")).toBe(
    "--env is written NAME=VALUE, such as API_KEYS=choose-a-key.",
  );
  expect(await refused(data)).toContain("Banyan");
});
