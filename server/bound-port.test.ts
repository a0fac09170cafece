import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer as createHttp, get } from "node:http";
import * as net from "node:net";
import type { Readable } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import { bindPort, PortError } from "./bound-port";

const answering = (text: string) => {
  const server = createHttp((_request, response) => response.end(text));
  onTestFinished(() => void server.close());
  return server;
};
const read = (port: number) =>
  new Promise<string>((resolve, reject) => {
    get({ host: "127.0.0.1", port, agent: false }, (response) => {
      response.setEncoding("utf8").on("data", resolve);
    }).on("error", reject);
  });

test("a bound port refuses connections until it listens", async () => {
  const bound = await bindPort("127.0.0.1", 0);
  expect(bound.port).toBeGreaterThan(0);
  await expect(read(bound.port)).rejects.toThrow(/ECONNREFUSED/);
  await bound.listen(answering("ready"));
  expect(await read(bound.port)).toBe("ready");
});

test("a port that another program listens on is refused before anything else is done", async () => {
  const other = net.createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void other.close());
  await once(other, "listening");
  const { port } = other.address() as { port: number };
  const refused = bindPort("127.0.0.1", port);
  await expect(refused).rejects.toThrow(PortError);
  await expect(refused).rejects.toThrow(`Port ${port} on 127.0.0.1 is taken by another program; end it, or set PORT`);
});

test("an address that this machine does not have is refused by name", async () => {
  await expect(bindPort("192.0.2.1", 0)).rejects.toThrow(/HOST is 192\.0\.2\.1, which is not an address of this/);
});

test("a released port is free again", async () => {
  const first = await bindPort("127.0.0.1", 0);
  first.release();
  const second = await bindPort("127.0.0.1", first.port);
  await second.listen(answering("second"));
  expect(await read(first.port)).toBe("second");
});

/** Listens on the inherited descriptor 3 and answers with its own process number. */
const INHERITING = `
import { createServer } from "node:http";
import { inheritedPort } from "./server/bound-port.ts";
const bound = await inheritedPort(3, "127.0.0.1", 0);
const server = createServer((_request, response) => response.end(String(process.pid)));
await bound.listen(server);
console.log(bound.port);
`;

test("a port that is inherited outlives the process: connections wait for the next one", async () => {
  const { _createServerHandle: bind } = net as unknown as {
    _createServerHandle(address: string, port: number, family: number): { fd: number; close(): void };
  };
  const held = bind("127.0.0.1", 0, 4);
  onTestFinished(() => held.close());
  const start = async () => {
    const args = ["--import", "tsx", "--input-type=module", "-e", INHERITING];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit", held.fd] });
    onTestFinished(() => void child.kill("SIGKILL"));
    const [said] = await once(child.stdout as Readable, "data");
    return { child, port: Number(said) };
  };
  const { child: first, port } = await start();
  expect(await read(port)).toBe(String(first.pid));
  first.kill("SIGKILL");
  await once(first, "exit");
  const waiting = read(port);
  const { child: second } = await start();
  expect(await waiting).toBe(String(second.pid));
});
