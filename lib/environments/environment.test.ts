/** Services in the sandbox: what reaches them, what they keep, and what a hostile one reaches. */
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { createSandbox } from "@/lib/sandbox/sandbox";
import { type EnvironmentStart, startEnvironment } from "./environment";
import { openLocalPort } from "./local-port";

const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "banyan-services-")));
fs.chmodSync(base, 0o755);
const sandbox = createSandbox();
afterAll(() => {
  sandbox.close();
  fs.rmSync(base, { recursive: true, force: true });
});

/** Answers with what the function in the file returns for a path, and counts its starts in its data folder. */
const SERVER = `
import fs from "node:fs";
import http from "node:http";
import { answer } from "./answer.mjs";
const file = process.env.DATA_DIR + "/starts";
const starts = 1 + Number(fs.existsSync(file) ? fs.readFileSync(file, "utf8") : 0);
fs.writeFileSync(file, String(starts));
http
  .createServer(async (request, response) => {
    console.log("asked for " + request.url);
    response.end(JSON.stringify(await answer(request.url, starts)));
  })
  .listen(Number(process.env.PORT), process.env.HOST);
`;

function folderWith(answer: string): { folder: string; data: string } {
  const folder = fs.mkdtempSync(path.join(base, "files-"));
  const data = fs.mkdtempSync(path.join(base, "data-"));
  fs.chmodSync(folder, 0o755);
  fs.writeFileSync(path.join(folder, "server.mjs"), SERVER);
  fs.writeFileSync(path.join(folder, "answer.mjs"), answer);
  return { folder, data };
}

async function started(given: Partial<EnvironmentStart> & Pick<EnvironmentStart, "folder" | "data">) {
  const service = await startEnvironment({ sandbox, command: "exec node server.mjs", ...given });
  const local = await openLocalPort(service, 0);
  onTestFinished(async () => {
    await local.close();
    await service.stop();
  });
  const ask = async (at: string) => (await fetch(`http://127.0.0.1:${local.port}${at}`)).json();
  return { service, local, ask };
}

/** Returns a server of the host, which counts who reaches it. */
async function bait() {
  let reached = 0;
  const server = net.createServer((socket) => {
    reached += 1;
    socket.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { port: (server.address() as net.AddressInfo).port, reached: () => reached };
}

test("a service answers at a port of this machine, is heard, and finds what it kept when it starts again", async () => {
  const { folder, data } = folderWith("export const answer = (at, starts) => ({ at, starts, own: process.env.OWN });");
  const heard: string[] = [];
  const given = { folder, data, env: { OWN: "value" }, onOutput: (text: string) => heard.push(text) };
  const first = await started(given);
  expect(await first.ask("/one")).toEqual({ at: "/one", starts: 1, own: "value" });
  expect(heard.join("")).toContain("asked for /one");
  await first.service.stop();
  expect(await first.service.ended).toMatchObject({ exitStatus: null });
  await expect(first.ask("/two")).rejects.toThrow();
  const second = await started(given);
  expect(await Promise.all(["/a", "/b", "/c"].map((at) => second.ask(at)))).toMatchObject([
    { at: "/a", starts: 2 },
    { at: "/b" },
    { at: "/c" },
  ]);
});

test("V1: a hostile service reaches neither the host, nor another service, nor a network, and writes nowhere but in its data", async () => {
  const { port, reached } = await bait();
  const secret = path.join(base, "secret");
  fs.writeFileSync(secret, "secret-value");
  const victim = await started(folderWith("export const answer = () => 'victim';"));
  const attacks = `
import fs from "node:fs";
import net from "node:net";
const reach = (at) => new Promise((resolve) => {
  const socket = net.connect(at, () => (socket.destroy(), resolve("reached")));
  socket.on("error", ({ code }) => resolve(code));
  socket.setTimeout(2000, () => (socket.destroy(), resolve("late")));
});
const attempt = (work) => { try { return String(work()); } catch ({ code }) { return code; } };
export const answer = async () => ({
  host: await reach({ host: "127.0.0.1", port: ${port} }),
  machine: await reach({ host: "${hostAddress()}", port: ${port} }),
  victim: await reach({ host: "127.0.0.1", port: ${victim.local.port} }),
  internet: await reach({ host: "1.1.1.1", port: 443 }),
  metadata: await reach({ host: "169.254.169.254", port: 80 }),
  secret: attempt(() => fs.readFileSync(${JSON.stringify(secret)}, "utf8")),
  others: attempt(() => fs.readdirSync(${JSON.stringify(base)})),
  sockets: attempt(() => fs.readdirSync("/srv/sockets")),
  files: attempt(() => fs.writeFileSync("/srv/service/answer.mjs", "")),
  environment: Object.keys(process.env).filter((name) => /^BANYAN|TOKEN|SECRET|PASSWORD|API_KEY/.test(name)).join(),
});`;
  const hostile = folderWith(attacks);
  const { ask } = await started(hostile);
  const found = await ask("/");
  expect(Object.values(found).filter((one) => one === "reached")).toEqual([]);
  expect(found).toMatchObject({ secret: "ENOENT", others: "ENOENT", sockets: "ENOENT", environment: "" });
  expect(["EROFS", "EACCES"]).toContain(found.files);
  expect(reached()).toBe(0);
  expect(fs.readFileSync(path.join(hostile.folder, "answer.mjs"), "utf8")).toBe(attacks);
  expect(await victim.ask("/")).toBe("victim");
});

function hostAddress(): string {
  const all = Object.values(os.networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ family, internal }) => family === "IPv4" && !internal)?.address ?? "127.0.0.1";
}

test("a service that ends, or does not listen, is said with its last words, and leaves nothing running", async () => {
  const { folder, data } = folderWith("export const answer = () => 1;");
  const { service } = await started(folderWith("export const answer = () => 2;"));
  const [own, sockets] = [path.dirname(service.socket), path.dirname(path.dirname(service.socket))];
  const left = () => fs.readdirSync(sockets).filter((name) => fs.statSync(path.join(sockets, name)).isDirectory());
  // A later process removes that folder with what is in it, so that a kill leaves nothing for long.
  expect(path.basename(sockets)).toMatch(/^banyan-sandbox-/);
  const start = (command: string) => startEnvironment({ sandbox, folder, data, command, startMs: 1_500 });
  await expect(start("echo one; echo '\u001b[31mno database' >&2; exit 3")).rejects.toThrow(
    "The service ended with exit status 3 before it listened. It said last: no database",
  );
  await expect(start("exec sleep 1000")).rejects.toThrow(
    "The service did not listen at the port that PORT names within 2 seconds.",
  );
  await expect(start("exec node server.mjs '")).rejects.toThrow("The service ended with exit status");
  expect(left()).toEqual([path.basename(own)]);
});

test("a taken port is said in one sentence", async () => {
  const { port } = await bait();
  const connect = () => new net.Socket();
  await expect(openLocalPort({ connect }, port)).rejects.toThrow(
    `Port ${port} of this machine is taken: choose another one with --port.`,
  );
});
