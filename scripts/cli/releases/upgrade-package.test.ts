/** `upgrade` of an installed package, with the real scripts around a server and an npm that only note how they are called. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { isAlive } from "@/lib/process/identity";
import type { Context } from "@/scripts/cli/context/context";
import { freePort } from "@/scripts/testing/free-port";
import { PUBLISHED_AS } from "./published";
import { specOf, upgradePackage } from "./upgrade-package";

const ROOT = path.resolve(import.meta.dirname, "../../..");

/** Answers as a server does, and has a process of its own, as the real one. A file beside the package makes it fail or hang. */
const SERVER = `
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";
const { argv } = process;
const option = (name, other) => (argv.includes(name) ? argv[argv.indexOf(name) + 1] : other);
if (argv.includes("--part")) process.stdin.resume().once("end", () => process.exit());
else if (existsSync("../../no-start")) process.exit(2);
else if (existsSync("../../hang")) setInterval(() => {}, 1000);
else {
  spawn(process.execPath, [argv[1], "--part"], { stdio: ["pipe", "ignore", "ignore"] });
  const [data, host] = [option("--data"), option("--host", "127.0.0.1")];
  const server = createServer((_, response) => response.end(JSON.stringify({ instance: "one", schema: "two" })));
  server.listen(Number(option("--port", "0")), host, () => {
    const { port } = server.address();
    mkdirSync(data, { recursive: true });
    const told = { pid: process.pid, port, url: "http://127.0.0.1:" + port, host, role: option("--role", "all"), argv: argv.slice(2) };
    writeFileSync(path.join(data, "server.json"), JSON.stringify(told));
  });
  process.once("SIGTERM", () => {
    rmSync(path.join(data, "server.json"));
    process.exit();
  });
}
`;

/** Replaces the version, unless a file makes it fail. */
const NPM = (base: string) => `#!${process.execPath}
const { existsSync, readFileSync, writeFileSync } = require("node:fs");
const [verb, ...rest] = process.argv.slice(2);
if (verb === "root") console.log("${base}/global");
else {
  writeFileSync("${base}/npm-was-called", rest.join(" "));
  if (existsSync("${base}/npm-fails")) process.exit(1);
  if (existsSync("${base}/npm-is-interrupted")) {
    process.kill(process.ppid, "SIGINT");
    process.exit(130);
  }
  const file = "${base}/place/node_modules/banyan/package.json";
  writeFileSync(file, readFileSync(file, "utf8").replace("1.0.0", "2.0.0"));
}
`;

interface Told {
  pid: number;
  port: number;
  argv: string[];
}

/** A project in which version 1.0.0 is installed. */
function installation() {
  const base = realpathSync(mkdtempSync(path.join(tmpdir(), "banyan-upgrade-package-")));
  onTestFinished(() => rmSync(base, { recursive: true, force: true }));
  const at = (name: string) => path.join(base, name);
  const program = at("place/node_modules/banyan");
  const isScript = (from: string) => !path.extname(from) || from.endsWith(".mjs");
  for (const name of ["scripts", "launcher"])
    cpSync(path.join(ROOT, name), path.join(program, name), { recursive: true, filter: isScript });
  for (const name of ["bin", "place/node_modules/.bin", "place/node_modules/banyan/.next"])
    mkdirSync(at(name), { recursive: true });
  writeFileSync(path.join(program, ".next/required-server-files.json"), '{ "config": {} }');
  writeFileSync(path.join(program, "package.json"), '{ "name": "banyan", "version": "1.0.0", "type": "module" }');
  writeFileSync(path.join(program, "packaged.json"), "{}");
  writeFileSync(path.join(program, "scripts/start.mjs"), SERVER);
  symlinkSync("../banyan/scripts/start.mjs", at("place/node_modules/.bin/banyan"));
  writeFileSync(at("bin/npm"), NPM(base));
  chmodSync(at("bin/npm"), 0o755);
  writeFileSync(at("newer.tgz"), "a package");
  vi.stubEnv("PATH", `${at("bin")}:${process.env.PATH}`);
  vi.stubEnv("BANYAN_HOME", at("home"));
  vi.stubEnv("XDG_DATA_HOME", at("xdg"));
  onTestFinished(() => void vi.unstubAllEnvs());
  const settings = { dataDir: at("data") };
  const context = { program, checkout: program, cwd: base, json: true, version: "1.0.0", settings } as Context;
  const told = (data = "data"): Told | null => {
    const file = path.join(at(data), "server.json");
    return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Told) : null;
  };
  const ends = (pid: number | undefined) => {
    if (pid !== undefined && isAlive(pid)) process.kill(pid, "SIGKILL");
  };
  onTestFinished(() => ends(told()?.pid));
  /** Starts a server as a person does: through the link in a folder of programs. */
  const serve = async (data: string, ...options: string[]): Promise<ChildProcess> => {
    const args = [at("place/node_modules/.bin/banyan"), "--data", at(data), ...options];
    const child = spawn(process.execPath, args, { stdio: "ignore", cwd: program });
    onTestFinished(() => ends(child.pid));
    await expect.poll(() => told(data)?.pid).toBe(child.pid);
    return child;
  };
  const upgrade = (wanted: string | undefined) => upgradePackage(context, wanted, true);
  const flag = (name: string) => writeFileSync(at(name.replace(/^place-/, "place/")), "");
  return { at, program, told, serve, upgrade, flag, npm: () => existsSync(at("npm-was-called")) };
}

function written(stream: "stdout" | "stderr", onText: (text: string) => void = () => {}) {
  let all = "";
  const spy = vi.spyOn(process[stream], "write").mockImplementation((text) => {
    all += text;
    onText(String(text));
    return true;
  });
  onTestFinished(() => spy.mockRestore());
  return () => all;
}

test("without a package that the person names, it is refused, and nothing stops: the name in the registry can be anybody's", async () => {
  const { at, upgrade, serve, npm } = installation();
  const server = await serve("data");
  mkdirSync(at("folder.tgz"));
  writeFileSync(at("notes.txt"), "");
  const refused = async (wanted?: string) => {
    const sentence = await upgradeError(upgrade, wanted);
    expect(sentence).toMatch(
      /: make a package with `npm run package` in a clone of Banyan, .*`npx banyan upgrade FILE\.tgz`\.$/,
    );
    return sentence;
  };
  for (const wanted of ["", "1.2.3"]) expect(await refused(wanted)).toMatch(/^Banyan is not in npm's registry: /);
  const others = ["banyan", "banyan@1.2.3", "latest", "none.tgz", "folder.tgz", "notes.txt", "git+ssh://a.example/b"];
  for (const wanted of [...others, "http://example.org/b.tgz"])
    expect(await refused(wanted)).toContain(`${wanted} is neither a package file nor an https address of one`);
  expect([isAlive(server.pid ?? 0), npm()]).toEqual([true, false]);
});

/** "": no argument. */
async function upgradeError(
  upgrade: (wanted?: string) => Promise<number>,
  wanted: string | undefined,
): Promise<string> {
  const said = upgrade(wanted === "" ? undefined : wanted);
  return said.then(
    (status) => `It ended with ${status}.`,
    (error: Error) => error.message,
  );
}

test("once it is published, a version and the newest are of that name, and what a person names stays", () => {
  const { at } = installation();
  expect(specOf(undefined, at(""), "@own/banyan")).toBe("@own/banyan@latest");
  expect(specOf("1.2.3", at(""), "@own/banyan")).toBe("@own/banyan@1.2.3");
  for (const published of [null, "@own/banyan"]) {
    expect(specOf("newer.tgz", at(""), published)).toBe(at("newer.tgz"));
    expect(specOf("https://example.org/b.tgz", at(""), published)).toBe("https://example.org/b.tgz");
    expect(specOf("http://127.0.0.1:8000/b.tgz", at(""), published)).toBe("http://127.0.0.1:8000/b.tgz");
  }
  const readme = readFileSync(path.join(ROOT, "README.md"), "utf8");
  expect(readme.includes("Banyan is not in npm's registry")).toBe(PUBLISHED_AS === null);
});

test("the server starts again at the address and with the role that it had", async () => {
  const { at, told, serve, upgrade } = installation();
  const port = String(await freePort());
  const server = await serve("data", "--port", port, "--host", "0.0.0.0", "--role", "web");
  const out = written("stdout");
  expect(await upgrade("newer.tgz")).toBe(0);
  const url = `http://127.0.0.1:${port}`;
  const sentence = `Banyan 2.0.0 is installed (before: 1.0.0). The server runs again at ${url}.`;
  expect(JSON.parse(out())).toEqual({ sentence, before: "1.0.0", after: "2.0.0", restarted: true, url });
  expect(readFileSync(at("npm-was-called"), "utf8")).toBe(`--no-audit --no-fund ${at("newer.tgz")}`);
  expect(told()?.pid).not.toBe(server.pid);
  expect(told()?.argv).toEqual(["--port", port, "--host", "0.0.0.0", "--role", "web", "--data", at("data")]);
});

test("without a server it starts none, and an old server tells no host", async () => {
  const { told, serve, upgrade, at } = installation();
  const out = written("stdout");
  expect(await upgrade("newer.tgz")).toBe(0);
  expect(JSON.parse(out())).toMatchObject({ restarted: false, sentence: expect.stringContaining("No server runs") });
  await serve("data");
  const { pid, port } = told() ?? {};
  writeFileSync(at("data/server.json"), JSON.stringify({ pid, port, url: `http://127.0.0.1:${port}` }));
  expect(await upgrade("newer.tgz")).toBe(0);
  expect(told()?.argv).toEqual(["--port", String(port), "--data", at("data")]);
});

test("a server that does not start again is told with its log and the command, after success and after a failure of npm", async () => {
  const { at, serve, upgrade, flag } = installation();
  const port = String(await freePort());
  const why = `Its server does not run. The server has not started: its log ${at("home/server.log")} says why.`;
  const how = `start it: \`npx banyan serve --port ${port} --host 0.0.0.0 --data ${at("data")}\`.`;
  const server = () => serve("data", "--port", port, "--host", "0.0.0.0");
  const failed = "npm could not install ";

  await server();
  flag("npm-fails");
  const kept = await upgradeError(upgrade, "newer.tgz");
  expect(kept).toMatch(/^npm could not install .* Version 1\.0\.0 is still there and serves again at http:\S+\.$/);

  flag("place-no-start");
  const neither = await upgradeError(upgrade, "newer.tgz");
  expect(neither).toContain(failed);
  expect(neither).toContain(`Version 1.0.0 is still there. ${why}`);
  expect(neither).toContain(how);

  for (const name of ["npm-fails", "place/no-start"]) rmSync(at(name));
  await server();
  flag("place-no-start");
  const installed = await upgradeError(upgrade, "newer.tgz");
  expect(installed).toContain(`Banyan 2.0.0 is installed (before: 1.0.0). ${why}`);
  expect(installed).toContain(how);
});

test("Ctrl-C while the server starts says that it keeps starting, and nothing else", async () => {
  const { serve, upgrade, flag } = installation();
  await serve("data");
  flag("place-hang");
  const [STARTED, out] = [/as process (\d+)/, written("stdout")];
  const err = written("stderr", (text) => {
    if (STARTED.test(text)) process.emit("SIGINT");
  });
  expect(await upgrade("newer.tgz")).toBe(130);
  process.kill(Number(STARTED.exec(err())?.[1]), "SIGKILL");
  expect(err()).toContain("The server keeps starting. To stop it: kill");
  expect(JSON.parse(out())).toMatchObject({
    restarted: false,
    sentence: "Banyan 2.0.0 is installed (before: 1.0.0). The server is still starting.",
  });
});

test("Ctrl-C while npm works ends npm, and the server starts again", async () => {
  const { told, serve, upgrade, flag } = installation();
  const server = await serve("data");
  flag("npm-is-interrupted");
  const sentence = await upgradeError(upgrade, "newer.tgz");
  expect(sentence).toMatch(/^npm could not install .* Version 1\.0\.0 is still there and serves again at http:\S+\.$/);
  expect(told()?.pid).not.toBe(server.pid);
});

test("while another server runs from the same package, it is refused with its process, and nothing stops", async () => {
  const { at, serve, upgrade, npm } = installation();
  const [own, other] = [await serve("data"), await serve("other")];
  const sentence = await upgradeError(upgrade, "newer.tgz");
  const command = `${at("place/node_modules/.bin/banyan")} --data ${at("other")}`;
  expect(sentence).toMatch(/^The installed package is in use, .* then upgrade again\.$/);
  expect(sentence).toContain(`process ${other.pid} (${command})`);
  expect(sentence).toContain("`npx banyan serve --stop --data FOLDER`");
  // Its own server is ended by the upgrade itself, and the processes of the other one end with it.
  expect(sentence.match(/process \d+ /g)).toHaveLength(1);
  expect([isAlive(own.pid ?? 0), npm()]).toEqual([true, false]);
  other.kill("SIGKILL");
  await once(other, "exit");
  written("stdout");
  expect(await upgrade("newer.tgz")).toBe(0);
});
