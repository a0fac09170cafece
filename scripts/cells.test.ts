/** Cells of docs/cells.md: two of them by the template's own files on one machine, behind a proxy by the template's own sites. */
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import http from "node:http";
import type { AddressInfo, Socket } from "node:net";
import path from "node:path";
import { parseEnv } from "node:util";
import { createProxyServer } from "httpxy";
import { expect, onTestFinished, test } from "vitest";
import WebSocket from "ws";
import { parse } from "yaml";
import { SOCKET_PATH } from "@/core/shapes/wire";
import { readSettings } from "@/lib/env";
import { lookAtInfrastructure } from "@/lib/infrastructure/look";
import {
  banyan,
  buildPrograms,
  dataFolder,
  json,
  judged,
  onlyTree,
  type Running,
  scripted,
  startServerProcess,
} from "@/scripts/testing/command-line";
import { call, endTask } from "@/tests/agents/replies";

buildPrograms();

const FOLDER = "docs/deploy/cells";
const LONG = { timeout: 120_000 };
const read = (file: string) => readFileSync(path.join(FOLDER, file), "utf8");

interface Cell {
  name: string;
  host: string;
  data: string;
  env: Record<string, string>;
  port: number;
  server: Running;
}

/** Returns the template's text for another cell. */
const textFor = (file: string, name: string) => read(file).replaceAll("acme", name);

async function startCell(name: string, more: Record<string, string> = {}, data = dataFolder()): Promise<Cell> {
  const template = parseEnv(textFor("cell.env", name)) as Record<string, string>;
  const host = new URL(template.BANYAN_URL ?? "").host;
  const env = {
    ...template,
    PORT: "0",
    HOME: path.join(data, "home"),
    XDG_CONFIG_HOME: path.join(data, "config"),
    ...more,
  };
  mkdirSync(env.HOME, { recursive: true });
  // The unit's own umask.
  const umask = process.umask(0o077);
  const server = startServerProcess(["--data", data], { env });
  process.umask(umask);
  const port = () => {
    try {
      return Number((JSON.parse(readFileSync(path.join(data, "server.json"), "utf8")) as { port: number }).port);
    } catch {
      return 0;
    }
  };
  await expect.poll(port, LONG).toBeGreaterThan(0);
  return { name, host, data, env, port: port(), server };
}

/** The proxy does what the template's sites say: the address of each, with the port that the cell got here. */
async function startProxy(cells: Cell[]): Promise<number> {
  const routes = cells.flatMap(({ name, port }) =>
    [...textFor("sites/acme.caddy", name).matchAll(/^(\S+) \{[^}]*reverse_proxy 127\.0\.0\.1:3101\n\}/gm)].map(
      ([, site = ""]) => ({ site, target: `http://127.0.0.1:${port}` }),
    ),
  );
  expect(routes).toHaveLength(2 * cells.length);
  const targetOf = ({ headers: { host = "" } }: http.IncomingMessage) =>
    routes.find(({ site }) => (site.startsWith("*.") ? host.endsWith(site.slice(1)) : host === site))?.target;
  const proxy = createProxyServer();
  const server = http.createServer((request, response) => {
    const target = targetOf(request);
    if (target) void proxy.web(request, response, { target }).catch(() => response.destroy());
    else response.writeHead(404).end();
  });
  server.on("upgrade", (request, socket, head) => {
    void proxy.ws(request, socket as Socket, { target: targetOf(request) ?? "" }, head).catch(() => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** `fetch` does not send another host. */
function get(port: number, host: string, at: string, token?: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const headers = { host, ...(token && { authorization: `Bearer ${token}` }) };
    http
      .get({ port, host: "127.0.0.1", path: at, headers }, (answer) => {
        let body = "";
        answer.setEncoding("utf8").on("data", (text: string) => {
          body += text;
        });
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body }));
      })
      .on("error", reject);
  });
}

async function tokenOf({ data, env }: Cell): Promise<string> {
  const { stdout } = await banyan(["token", "create", "--role", "operator", "--name", "t", "--json", "--data", data], {
    env,
  });
  return (JSON.parse(stdout) as { token: string }).token;
}

test("two cells by the template share a machine and a proxy, and nothing else; one of them moves", async () => {
  const umbra = await startCell("umbra");
  const secret = path.join(umbra.data, "banyan.db");
  const spying = call("use_terminal", { command: `cat ${secret}; ls ${umbra.data}; echo looked` });
  const models = await scripted({ root: [spying, endTask("looked")], ...judged });
  const acme = await startCell("acme", { ...models, BANYAN_MODEL: "anthropic/claude-sonnet-4-5" });
  const port = await startProxy([acme, umbra]);

  for (const { host } of [acme, umbra]) expect((await get(port, host, "/health")).status).toBe(200);
  expect((await get(port, "other.banyan.example.org", "/health")).status).toBe(404);
  const token = await tokenOf(acme);
  expect((await get(port, acme.host, "/api/v1/trees", token)).status).toBe(200);
  expect((await get(port, umbra.host, "/api/v1/trees", token)).status).toBe(401);
  const preview = await get(port, "preview-x.acme.banyan-environments.example.net", "/");
  // The cell answers for its own environments: it leads to its own sign-in, or says that there is no such environment.
  expect([302, 303, 307, 404]).toContain(preview.status);
  const socket = new WebSocket(`ws://127.0.0.1:${port}${SOCKET_PATH}/?EIO=4&transport=websocket`, {
    headers: { host: acme.host, origin: `https://${acme.host}`, authorization: `Bearer ${token}` },
  });
  const opened = await new Promise((resolve) => {
    socket.on("message", (text) => resolve(String(text).slice(0, 1)));
    socket.on("unexpected-response", (_, { statusCode }) => resolve(statusCode));
    socket.on("error", (error) => resolve(error.message));
  });
  socket.terminate();
  expect(opened).toBe("0");

  // An agent of one cell looks for the other's folder.
  await json(["run", "root", "--detach", "--data", acme.data]);
  await expect.poll(async () => (await onlyTree(acme.data)).ended_at, LONG).not.toBeNull();
  const log = await banyan(["log", (await onlyTree(acme.data)).root_task_id, "--data", acme.data]);
  expect(log.stdout).toContain("looked");
  expect(log.stdout).toContain("No such file or directory");
  expect(log.stdout).not.toContain("SQLite format");

  // Other accounts can enter neither folder nor file.
  for (const { data } of [acme, umbra])
    for (const entry of readdirSync(data, { recursive: true, withFileTypes: true })) {
      const file = path.join(entry.parentPath, entry.name);
      if (entry.isFile() || entry.isDirectory()) expect([file, statSync(file).mode & 0o077]).toEqual([file, 0]);
    }

  const bills = await Promise.all(
    [acme, umbra].map(({ data, env }) => banyan(["usage", "--json", "--data", data], { env })),
  );
  const [ours, theirs] = bills.map(({ stdout }) => JSON.parse(stdout));
  expect(ours).toMatchObject({ installation: "https://acme.banyan.example.org", tasks: { ended: 1 } });
  expect(theirs).toMatchObject({ installation: "https://umbra.banyan.example.org", tasks: { ended: 0 } });

  // It moves: to another folder, as to another machine, with its keys; the other cell goes on.
  acme.server.child.kill("SIGTERM");
  await acme.server.done;
  const backup = path.join(dataFolder(), "acme.db");
  await json(["backup", backup, "--data", acme.data]);
  const elsewhere = dataFolder();
  for (const folder of ["config", "workspaces", "snapshots"])
    cpSync(path.join(acme.data, folder), path.join(elsewhere, folder), { recursive: true });
  const restored = await banyan(["restore", backup, "--data", elsewhere], { env: acme.env });
  expect([restored.stderr, restored.status]).toEqual(["", 0]);
  const moved = await startCell("acme", models, elsewhere);
  const next = await startProxy([moved, umbra]);
  expect((await get(next, moved.host, "/api/v1/trees", token)).body).toContain((await onlyTree(elsewhere)).id);
  expect((await get(next, umbra.host, "/health")).status).toBe(200);
});

test("the settings of a cell are valid, and the address of its environments is another site", () => {
  const settings = readSettings(parseEnv(read("cell.env")) as Record<string, string>, "/");
  expect(settings.environmentsDomain).toBe("acme.banyan-environments.example.net");
  const sites = read("sites/acme.caddy");
  for (const named of [new URL(settings.publicUrl ?? "").host, `*.${settings.environmentsDomain}`])
    expect(sites).toContain(`\n${named} {\n`);
  expect(sites.match(/127\.0\.0\.1:\d+/g)).toEqual([`127.0.0.1:${settings.port}`, `127.0.0.1:${settings.port}`]);
});

test("the unit has an account, a private folder and limits for each cell, and all that the unit of one installation has", () => {
  const linesOf = (file: string) =>
    read(file)
      .split("\n")
      .filter((line) => /^[A-Z]\w+=/.test(line));
  const unit = linesOf("banyan@.service");
  for (const line of [
    "User=banyan-%i",
    "Group=banyan-%i",
    "StateDirectory=banyan-cells/%i",
    "StateDirectoryMode=0700",
    "UMask=0077",
  ])
    expect(unit).toContain(line);
  for (const name of ["CPUQuota", "MemoryMax", "TasksMax"])
    expect(unit.filter((line) => line.startsWith(`${name}=`))).toHaveLength(1);
  const own = /^(User|Group|WorkingDirectory|StateDirectory|Documentation|Description)=/;
  const one = linesOf("../banyan.service").filter((line) => !own.test(line));
  expect(one.length).toBeGreaterThan(10);
  expect(one.filter((line) => !unit.includes(line))).toEqual([]);
});

test("the files for Compose and Kubernetes are without a fault, and each container has limits", async () => {
  expect(await lookAtInfrastructure(FOLDER)).toEqual({ files: 2, errors: [], warnings: [], not_checked: [] });
  const { services } = parse(read("compose.yaml"), { merge: true }) as {
    services: Record<string, { mem_limit?: string; cpus?: number; security_opt?: string[]; volumes: string[] }>;
  };
  const { caddy, ...cells } = services;
  expect(caddy?.volumes).toContain("./sites:/etc/caddy/cells:ro");
  for (const [name, cell] of Object.entries(cells)) {
    expect(cell).toMatchObject({ mem_limit: "4g", cpus: 2 });
    expect(cell.security_opt).toContain("no-new-privileges:true");
    expect(cell.volumes.every((volume) => volume.startsWith(`${name}-`))).toBe(true);
  }
});
