import fs from "node:fs";
import http from "node:http";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { giveToTools } from "@/lib/process/tools-identity";
import type { NetworkAccess } from "./port";
import { createSandbox } from "./sandbox";

/** Folders of sandboxes of this process. */
const folders = () => fs.readdirSync(os.tmpdir()).filter((name) => name.startsWith(`banyan-sandbox-${process.pid}-`));
/** Of the files of tests that ran before in this process. */
const others = folders();

/** The answers of the proxies' name lookups in this file. */
const names = new Map<string, string[]>();
const resolved: string[] = [];
const sandbox = createSandbox({
  proxy: {
    async lookUp(host) {
      resolved.push(host);
      const addresses = names.get(host) ?? (await Promise.reject<string[]>(new Error("not known")));
      return addresses.map((address) => ({ address, family: net.isIP(address) }));
    },
    maxConnections: 8,
    maxBytes: 3_000_000,
  },
});
let base: string;
let workspace: string;

beforeAll(async () => {
  base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "banyan-network-")));
  fs.chmodSync(base, 0o755);
  workspace = path.join(base, "workspace");
  fs.mkdirSync(workspace);
  giveToTools(workspace);
  expect(await sandbox.status()).toEqual({ available: true });
});
afterAll(() => {
  sandbox.close();
  fs.rmSync(base, { recursive: true, force: true });
});

function run(command: string, network?: NetworkAccess) {
  const signal = new AbortController().signal;
  return sandbox.run({ command, workspace, hiddenPaths: [], timeoutMs: 30_000, signal, ...(network && { network }) });
}

/** A web server on the loopback; answers with the request it got. */
async function web(handler?: http.RequestListener): Promise<{ port: number; seen: string[] }> {
  const seen: string[] = [];
  const server = http.createServer((request, response) => {
    seen.push(`${request.method} ${request.headers.host}${request.url}`);
    if (handler) return handler(request, response);
    text(request).then((body) => response.end(`answer ${body}\n`));
  });
  const sockets = new Set<net.Socket>();
  server.on("connection", (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return { port: typeof address === "object" && address ? address.port : 0, seen };
}

const site = (port: number): NetworkAccess => ({
  hosts: [`site.test:${port}`],
  privateHosts: [`site.test:${port}`],
});

/** A client of the proxy that needs only Node: sends these bytes and prints the answer. */
function raw(bytes: string): string {
  const script = `const s = require("net").connect(3128, "127.0.0.1"); s.on("data", (d) => process.stdout.write(d)); s.write(${JSON.stringify(bytes)}); s.on("error", () => {});`;
  return `timeout 5 node -e ${JSON.stringify(script).replaceAll("$", "\\$").replaceAll("`", "\\`")}`;
}

/** Node's built-in proxy support needs a newer Node. */
const get = (url: string, headers: Record<string, string> = {}, body = "") =>
  `node -e '
    const request = require("http").request({ host: "127.0.0.1", port: 3128, path: ${JSON.stringify(url)},
      method: ${JSON.stringify(body ? "POST" : "GET")}, headers: ${JSON.stringify(headers)} }, (answer) => {
      console.log(answer.statusCode, answer.headers.location ?? ""); answer.pipe(process.stdout); });
    request.on("error", (error) => console.log(error.message));
    request.end(${JSON.stringify(body)});'`;

describe("a command with a network", () => {
  test("reaches a listed host, by plain requests and tunnels, and its use is reported", async () => {
    const { port, seen } = await web();
    names.set("site.test", ["127.0.0.1"]);
    const plain = await run(get(`http://site.test:${port}/a?b=c`, {}, "posted"), site(port));
    expect(plain).toMatchObject({ exitStatus: 0, stdout: "200 \nanswer posted\n", stderr: "" });
    expect(plain.network).toMatchObject({ connections: 1, refused: [], sentBytes: 6 });
    const request = `GET /tunnel HTTP/1.1\r\nHost: site.test:${port}\r\nConnection: close\r\n\r\n`;
    const tunnel = await run(raw(`CONNECT site.test:${port} HTTP/1.1\r\n\r\n${request}`), site(port));
    expect(tunnel.stdout).toMatch(/^HTTP\/1.1 200 Connection established\r\n\r\nHTTP\/1.1 200 OK[\s\S]*answer/);
    expect(tunnel.network?.receivedBytes).toBeGreaterThan(50);
    expect(seen).toEqual([`POST site.test:${port}/a?b=c`, `GET site.test:${port}/tunnel`]);
  });

  test("finds the proxy where programs look for it, and has no other way out", async () => {
    const { port, seen } = await web();
    names.set("site.test", ["127.0.0.1"]);
    const result = await run(
      `env | grep -i proxy | sort; exec 3<>/dev/tcp/127.0.0.1/${port} && echo around; ls /sys/class/net; cat /proc/net/tcp6 | wc -l`,
      site(port),
    );
    const url = "http://127.0.0.1:3128";
    const settings = ["ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "all_proxy", "http_proxy", "https_proxy"];
    for (const name of settings) expect(result.stdout).toContain(`${name}=${url}\n`);
    expect(result.stdout).toContain("NO_PROXY=\n");
    expect(result.stdout).not.toContain("around");
    expect(seen).toEqual([]);
  });

  test("has only the children that it started, and leaves nothing behind", async () => {
    const result = await run("time wait; jobs; ps -o args= --ppid $$ 2>/dev/null | grep -c '[f]orward'", {
      hosts: ["site.test"],
    });
    expect(result.stdout).toBe("0\n");
    const own = folders().filter((name) => !others.includes(name));
    expect(own.length).toBe(1);
    const left = own.flatMap((name) => fs.readdirSync(path.join(os.tmpdir(), name)));
    expect(left.filter((name) => name.startsWith("net-"))).toEqual([]);
  });

  test("a program that outlives a call has a network too", async () => {
    const { port } = await web();
    names.set("site.test", ["127.0.0.1"]);
    const program = await sandbox.start({
      command: get(`http://site.test:${port}/`),
      workspace: null,
      hiddenPaths: [],
      network: site(port),
    });
    expect(await text(program.stdout)).toBe("200 \nanswer \n");
    expect(await program.ended).toEqual({ exitStatus: 0 });
  });

  test.runIf(fs.existsSync("/usr/bin/curl"))("curl works without options", async () => {
    const { port } = await web();
    names.set("site.test", ["127.0.0.1"]);
    const command = `curl -sS http://site.test:${port}/; curl -sS -p http://site.test:${port}/; curl -sS https://other.test/; true`;
    const result = await run(command, site(port));
    expect(result.stdout).toBe("answer \nanswer \n");
    expect(result.stderr).toContain("403");
    expect(result.network?.refused).toEqual(["other.test:443"]);
  });
});

describe("hostile: it is refused", () => {
  test("an unlisted host or port, under every form of its name", async () => {
    const { port, seen } = await web();
    names.set("site.test", ["127.0.0.1"]);
    const spellings = [`other.test:${port}`, "site.test:22", `2130706433:${port}`, `0x7f.1:${port}`, `127.1:${port}`];
    for (const given of [...spellings, `[::1]:${port}`, `[::ffff:127.0.0.1]:${port}`, `localhost:${port}`]) {
      const result = await run(raw(`CONNECT ${given} HTTP/1.1\r\n\r\n`), site(port));
      expect(result.stdout, given).toMatch(/^HTTP\/1.1 403 /);
    }
    expect(seen).toEqual([]);
  }, 600_000);

  test.each([
    ["no port", "CONNECT site.test HTTP/1.1\r\n\r\n", 400],
    ["user information", "CONNECT a@site.test:80 HTTP/1.1\r\n\r\n", 400],
    ["a NUL", "CONNECT site.test%00.evil:80 HTTP/1.1\r\n\r\n", 400],
    ["a request to the proxy itself", "GET / HTTP/1.1\r\nHost: site.test\r\n\r\n", 400],
    ["another scheme", "GET ftp://site.test/ HTTP/1.1\r\nHost: site.test\r\n\r\n", 400],
    ["a scheme that would need a tunnel", "GET https://site.test/ HTTP/1.1\r\nHost: site.test\r\n\r\n", 400],
  ])("%s", async (_, bytes, status) => {
    const result = await run(raw(bytes), { hosts: ["site.test"] });
    expect(result.stdout).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  test("an invalid request is cut, and the next request is answered", async () => {
    const { port } = await web();
    names.set("site.test", ["127.0.0.1"]);
    const result = await run(`${raw("\0\x01\x02 nonsense\r\n\r\n")}; ${get(`http://site.test:${port}/`)}`, site(port));
    expect(result.stdout).toBe("200 \nanswer \n");
  });

  test.each([
    ["the host's loopback", ["127.0.0.1"]],
    ["metadata", ["169.254.169.254"]],
    ["metadata over IPv6", ["fd00:ec2::254"]],
    ["an IPv4 address mapped to IPv6", ["::ffff:10.0.0.1"]],
    ["6to4 of a private address", ["2002:7f00:1::"]],
    ["a public and a private address", ["93.184.215.14", "127.0.0.1"]],
    ["multicast", ["224.0.0.1"]],
    ["nowhere", ["0.0.0.0"]],
  ])("a listed name that resolves to %s", async (_, addresses) => {
    const { port, seen } = await web();
    names.set("site.test", addresses);
    const result = await run(raw(`CONNECT site.test:${port} HTTP/1.1\r\n\r\n`), { hosts: [`site.test:${port}`] });
    expect(result.stdout).toMatch(/^HTTP\/1.1 403 [\s\S]*private address/);
    expect(result.network).toMatchObject({ connections: 0, refused: [`site.test:${port}`] });
    expect(seen).toEqual([]);
  });

  test("a private host is reachable at its listed port only", async () => {
    const { port, seen } = await web();
    names.set("site.test", ["127.0.0.1"]);
    const access = { hosts: [`site.test:${port}`], privateHosts: ["site.test:80", `other.test:${port}`] };
    expect((await run(get(`http://site.test:${port}/`), access)).stdout).toMatch(/^403 /);
    expect(seen).toEqual([]);
  });

  test("a private host that resolves to a cloud's metadata address", async () => {
    names.set("site.test", ["169.254.169.254"]);
    const result = await run(raw("CONNECT site.test:80 HTTP/1.1\r\n\r\n"), site(80));
    expect(result.stdout).toMatch(/^HTTP\/1.1 403 /);
  });

  test("a Host header that differs from the address does not count", async () => {
    const { port, seen } = await web();
    names.set("site.test", ["127.0.0.1"]);
    await run(get(`http://site.test:${port}/x`, { Host: "inner.test", "Proxy-Authorization": "x" }), site(port));
    expect(seen).toEqual([`GET site.test:${port}/x`]);
    const other = await run(get(`http://other.test:${port}/x`, { Host: `site.test:${port}` }), site(port));
    expect(other.stdout).toMatch(/^403 /);
    expect(seen.length).toBe(1);
  });

  test("a redirect is returned, not followed, and its target is checked again", async () => {
    const inner = await web();
    const { port } = await web((_, response) => {
      response.writeHead(302, { location: `http://127.0.0.1:${inner.port}/secret` }).end();
    });
    names.set("site.test", ["127.0.0.1"]);
    const command = `${get(`http://site.test:${port}/`)}; ${get(`http://127.0.0.1:${inner.port}/secret`)}`;
    const result = await run(command, site(port));
    expect(result.stdout).toMatch(new RegExp(`^302 http://127.0.0.1:${inner.port}/secret\n403 `));
    expect(inner.seen).toEqual([]);
  });

  test.each([
    ["an invalid status", "HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n"],
    ["a protocol switch that was not requested", "HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"],
    ["nonsense", "\0\x01\x02\r\n\r\n"],
    ["nothing", ""],
    ["half an answer", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"],
  ])("a host that answers with %s affects only the request", async (_, bytes) => {
    const server = net.createServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => socket.end(bytes));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    names.set("site.test", ["127.0.0.1"]);
    const result = await run(`timeout 20 ${get(`http://site.test:${port}/`)}; echo went on`, site(port));
    server.close();
    expect(result.stdout).toMatch(/^(502 |200 \nhalf|socket hang up|aborted|Parse Error)[\s\S]*went on\n$/);
  });

  test("a name is looked up once, and the connection goes to what was checked", async () => {
    const { port } = await web();
    names.set("site.test", ["127.0.0.1"]);
    resolved.length = 0;
    await run(get(`http://site.test:${port}/`), site(port));
    expect(resolved).toEqual(["site.test"]);
  });

  test("more connections and more bytes than allowed", async () => {
    const { port } = await web((_, response) => {
      const piece = Buffer.alloc(1_000_000, "x");
      const send = () => response.write(piece, send);
      send();
    });
    names.set("site.test", ["127.0.0.1"]);
    const endless = await run(`${get(`http://site.test:${port}/`)} | wc -c`, site(port));
    expect(Number(endless.stdout)).toBeLessThan(6_000_000);
    const open = `const net = require("net"); let up = 0, over = 0;
      for (let n = 0; n < 30; n += 1) { const s = net.connect(3128, "127.0.0.1"); s.on("error", () => {});
        s.on("data", () => up += 1); s.on("close", () => { over += 1; if (over + up === 30) { console.log(up, over); process.exit(); } });
        s.write("CONNECT site.test:${port} HTTP/1.1\\r\\n\\r\\n"); }`;
    const many = await run(`node -e '${open}'`, site(port));
    expect(many.stdout).toBe("8 22\n");
  }, 600_000);
});
