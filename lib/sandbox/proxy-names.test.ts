/** T9: a tunnel to an allowed host does not reach another host at the same address. */
import fs from "node:fs";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import tls from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { giveToTools } from "@/lib/process/tools-identity";
import { SELF_SIGNED } from "../web/testing/self-signed";
import { createSandbox } from "./sandbox";

let base: string;
let workspace: string;
let server: tls.Server;
const asked: string[] = [];
const sandbox = createSandbox({ proxy: { lookUp: async () => [{ address: "127.0.0.1", family: 4 }] } });

beforeAll(async () => {
  base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "banyan-names-")));
  fs.chmodSync(base, 0o755);
  workspace = path.join(base, "workspace");
  fs.mkdirSync(workspace);
  giveToTools(workspace);
  server = tls.createServer(SELF_SIGNED, (socket) => {
    asked.push(String((socket as tls.TLSSocket & { servername: unknown }).servername));
    socket.on("error", () => undefined);
    socket.end("served\n");
  });
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  expect(await sandbox.status()).toEqual({ available: true });
});
afterAll(() => {
  sandbox.close();
  server.close();
  fs.rmSync(base, { recursive: true, force: true });
});

/** A tunnel to a host, with TLS inside that asks for a name. */
function connect(host: string, name: string) {
  const { port } = server.address() as AddressInfo;
  const script = `
    const s = require("net").connect(3128, "127.0.0.1");
    s.write("CONNECT ${host}:${port} HTTP/1.1\\r\\n\\r\\n");
    s.once("data", () => {
      const t = require("tls").connect({ socket: s, rejectUnauthorized: false${name && `, servername: "${name}"`} });
      t.on("data", (d) => process.stdout.write(d));
      t.on("error", () => console.log("cut"));
    });`;
  const address = `${host}:${port}`;
  return sandbox.run({
    command: `node -e '${script}'`,
    workspace,
    hiddenPaths: [],
    timeoutMs: 60_000,
    signal: new AbortController().signal,
    network: { hosts: [address], privateHosts: [address] },
  });
}

test("the name in a tunnel must be the host's: another name or no name is cut before it reaches the server, and reported", async () => {
  const { port } = server.address() as AddressInfo;
  const own = await connect("site.test", "SITE.test");
  expect(own.stdout).toBe("served\n");
  expect(own.network?.refused).toEqual([]);
  expect(asked.splice(0)).toEqual(["SITE.test"]);
  for (const [name, told] of [
    ["other.test", "other.test"],
    ["", "no name"],
  ] as const) {
    const other = await connect("site.test", name);
    expect(other.stdout).toBe("cut\n");
    expect(other.network?.refused).toEqual([`site.test:${port} (asked there for ${told})`]);
  }
  expect(asked).toEqual([]);
});

test("allowing an address allows every host on it", async () => {
  expect((await connect("127.0.0.1", "other.test")).stdout).toBe("served\n");
});
