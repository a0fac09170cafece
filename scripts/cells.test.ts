/** Cells of docs/cells.md: two of them by the template's own files on one machine, behind a proxy by the template's own sites. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo, Socket } from "node:net";
import path from "node:path";
import { parseEnv } from "node:util";
import { createProxyServer } from "httpxy";
import { expect, onTestFinished, test } from "vitest";
import WebSocket from "ws";
import { parse } from "yaml";
import { SOCKET_PATH } from "@/core/shapes/wire";
import { readSettings, type Settings } from "@/lib/env";
import { lookAtInfrastructure } from "@/lib/infrastructure/look";
import { banyan, buildPrograms, dataFolder, json } from "@/scripts/testing/command-line";
import { type Doors, startDoors } from "@/server/testing/doors";
import { agentScript } from "@/tests/agents/provider-script";
import { call, endTask, passed } from "@/tests/agents/replies";
import { logOf } from "@/tests/agents/scenario";
import type { TrialOptions } from "@/tests/agents/trial";

buildPrograms();

const FOLDER = "docs/deploy/cells";
const read = (file: string) => readFileSync(path.join(FOLDER, file), "utf8");

interface Cell {
  name: string;
  host: string;
  settings: Settings;
  env: Record<string, string>;
  doors: Doors;
}

/** Returns the template's text for another cell. */
const textFor = (file: string, name: string) => read(file).replaceAll("acme", name);

/** Starts a cell with the settings of the template and the umask of the unit, without pages. */
async function startCell(
  name: string,
  { dataDir = dataFolder(), script }: Pick<TrialOptions, "script" | "dataDir"> = {},
): Promise<Cell> {
  const env = parseEnv(textFor("cell.env", name)) as Record<string, string>;
  const settings = readSettings(env, "/");
  const { publicUrl } = settings;
  const umask = process.umask(0o077);
  onTestFinished(() => void process.umask(umask));
  const doors = await startDoors({ dataDir, script, env }, () => ({ publicUrl }));
  return { name, host: new URL(publicUrl ?? "").host, settings, env, doors };
}

/** The proxy does what the template's sites say: the address of each, with the port that the cell got here. */
async function startProxy(cells: Cell[]): Promise<number> {
  const routes = cells.flatMap(({ name, doors }) =>
    [...textFor("sites/acme.caddy", name).matchAll(/^(\S+) \{[^}]*reverse_proxy 127\.0\.0\.1:3101\n\}/gm)].map(
      ([, site = ""]) => ({ site, target: doors.server.url }),
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
function get(
  port: number,
  host: string,
  at: string,
  authorization?: string,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const headers = { host, ...(authorization && { authorization }) };
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

test("two cells by the template share a machine and a proxy, and nothing else; one of them moves", async () => {
  const umbra = await startCell("umbra");
  const theirs = umbra.doors.trial.dataDir;
  const spying = call("use_terminal", { command: `cat ${theirs}/banyan.db; ls ${theirs}; echo looked` });
  const script = agentScript({
    coder: ({ turn }) => (turn === 0 ? spying : endTask("looked")),
    task_evaluator: () => passed(),
    "*": () => endTask("noted"),
  });
  const acme = await startCell("acme", { script });
  const { trial } = acme.doors;
  const port = await startProxy([acme, umbra]);

  for (const { host } of [acme, umbra]) expect((await get(port, host, "/health")).status).toBe(200);
  expect((await get(port, "other.banyan.example.org", "/health")).status).toBe(404);
  const { authorization } = await acme.doors.token("operator");
  expect((await get(port, acme.host, "/api/v1/trees", authorization)).status).toBe(200);
  expect((await get(port, umbra.host, "/api/v1/trees", authorization)).status).toBe(401);
  expect(await socketAt(port, acme, authorization)).toBe("0");

  // An agent of one cell looks for the other's folder.
  const tree = await trial.ended((await trial.submit({ task: "Look around", agent: "coder" })).id);
  const log = JSON.stringify(await logOf(trial, tree.root_task_id));
  expect(log).toContain("No such file or directory");
  expect(log).not.toContain("SQLite format");

  // Other accounts can enter neither folder nor file.
  for (const { doors } of [acme, umbra])
    for (const entry of readdirSync(doors.trial.dataDir, { recursive: true, withFileTypes: true })) {
      const file = path.join(entry.parentPath, entry.name);
      if (entry.isFile() || entry.isDirectory()) expect([file, statSync(file).mode & 0o077]).toEqual([file, 0]);
    }

  const bills = await Promise.all([acme, umbra].map(({ doors }) => doors.trial.runtime.application.queries.getUsage()));
  expect(bills[0]).toMatchObject({
    installation: "https://acme.banyan.example.org",
    tasks: { ended: tree.totals.tasks },
  });
  expect(bills[1]).toMatchObject({ installation: "https://umbra.banyan.example.org", tasks: { ended: 0 } });

  // It stops and moves to another folder, as to another machine, while the other cell goes on.
  await acme.doors.server.close();
  await trial.close();
  const backup = path.join(dataFolder(), "acme.db");
  await json(["backup", backup, "--data", trial.dataDir]);
  const elsewhere = dataFolder();
  // What the database does not have, and what belongs to the former machine.
  const onlyFiles = ["nats/server.nk", "nats/users.json", "models.json", "archives/old.banyan.zip"];
  const ofMachine = ["server.json", "at-work/1", "cache/x", "open/page.html"];
  for (const file of [...onlyFiles, ...ofMachine]) {
    mkdirSync(path.dirname(path.join(trial.dataDir, file)), { recursive: true });
    writeFileSync(path.join(trial.dataDir, file), file);
  }
  copyAsWritten(trial.dataDir, elsewhere);
  const isThere = (file: string) => existsSync(path.join(elsewhere, file));
  expect([...onlyFiles, `workspaces/${tree.id}`].filter((file) => !isThere(file))).toEqual([]);
  expect([...ofMachine, "banyan.db", "banyan.db-wal", "backups"].filter(isThere)).toEqual([]);
  const restored = await banyan(["restore", backup, "--data", elsewhere]);
  expect([restored.stderr, restored.status]).toEqual(["", 0]);
  const moved = await startCell("acme", { dataDir: elsewhere });
  const next = await startProxy([moved, umbra]);
  expect((await get(next, moved.host, "/api/v1/trees", authorization)).body).toContain(tree.id);
  expect((await get(next, umbra.host, "/health")).status).toBe(200);
});

/** Copies the data folder as the rsync of docs/cells.md does. */
function copyAsWritten(from: string, to: string): void {
  const command = /^ +rsync (.*)$/m.exec(readFileSync("docs/cells.md", "utf8"))?.[1] ?? "";
  const left = [...command.matchAll(/--exclude=\/(\S+)/g)].map(([, pattern = ""]) => pattern);
  expect(left).toContain("banyan.db*");
  const isLeft = (name: string) =>
    left.some((pattern) => (pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern));
  for (const name of readdirSync(from))
    if (!isLeft(name)) cpSync(path.join(from, name), path.join(to, name), { recursive: true, verbatimSymlinks: true });
}

/** Resolves with the first character of the socket's first message; `0` is its greeting. */
async function socketAt(port: number, { host, settings }: Cell, authorization: string): Promise<unknown> {
  const headers = { host, origin: settings.publicUrl ?? "", authorization };
  const socket = new WebSocket(`ws://127.0.0.1:${port}${SOCKET_PATH}/?EIO=4&transport=websocket`, { headers });
  try {
    return await new Promise((resolve) => {
      socket.on("message", (text) => resolve(String(text).slice(0, 1)));
      socket.on("unexpected-response", (_, { statusCode }) => resolve(statusCode));
      socket.on("error", (error) => resolve(error.message));
    });
  } finally {
    socket.terminate();
  }
}

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
