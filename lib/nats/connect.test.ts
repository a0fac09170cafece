import { writeFileSync } from "node:fs";
import { createConnection, createServer } from "node:net";
import path from "node:path";
import { createUser } from "@nats-io/nkeys";
import { expect, onTestFinished, test } from "vitest";
import { SELF_SIGNED } from "@/lib/web/testing/self-signed";
import { connectNats } from "./connect";
import { accountsOf } from "./credentials/accounts";
import { openCell } from "./open";
import { CELL, startCell, stateOf } from "./testing/cell";
import { startNats } from "./testing/nats-server";

const pair = createUser();
const seed = new TextDecoder().decode(pair.getSeed());

/** One node that demands TLS, with a certificate for localhost and 127.0.0.1. */
async function startSecure() {
  const nats = await startNats({
    accounts: accountsOf({ cell: CELL, server: pair.getPublicKey(), runners: {} }),
    scheme: "tls",
    prepare(folder) {
      writeFileSync(path.join(folder, "nats.crt"), SELF_SIGNED.cert);
      writeFileSync(path.join(folder, "nats.key"), SELF_SIGNED.key);
      return `tls { cert_file: "${path.join(folder, "nats.crt")}", key_file: "${path.join(folder, "nats.key")}" }`;
    },
  });
  onTestFinished(nats.close);
  return nats;
}

test("speaks TLS with a certificate authority of one's own, and trusts no other certificate", async () => {
  const nats = await startSecure();
  const options = { servers: nats.urls, cell: CELL, seed };
  const server = await openCell({ ...options, ca: SELF_SIGNED.cert });
  expect(server.isUp()).toBe(true);
  await server.close();
  await expect(connectNats(options, "x")).rejects.toMatchObject({ code: "untrusted" });
  const plain = nats.urls.map((url) => url.replace("tls:", "nats:"));
  await expect(connectNats({ ...options, servers: plain }, "x")).rejects.toThrow();
});

test("a node that is named by its address must have a certificate for it, and not for some other name", async () => {
  const machine = "127.0.0.2";
  const nats = await startSecure();
  const port = new URL(nats.urls[0] ?? "").port;
  const servers = [`tls://${machine}:${port}`];
  const forward = createServer((socket) => {
    const node = createConnection(Number(port), "127.0.0.1");
    for (const end of [socket, node]) end.on("error", () => {});
    socket.pipe(node).pipe(socket);
  });
  await new Promise<void>((resolve) => forward.listen(Number(port), machine, resolve));
  onTestFinished(() => void forward.close());
  // The certificate is for localhost and 127.0.0.1.
  const connecting = connectNats({ servers, cell: CELL, seed, ca: SELF_SIGNED.cert }, "x");
  await expect(connecting).rejects.toMatchObject({ code: "untrusted" });
});

test("refuses a node without TLS when the address promises it", async () => {
  const cell = await startCell({ runners: [] });
  const servers = cell.nats.urls.map((url) => url.replace("nats:", "tls:"));
  await expect(connectNats({ servers, cell: CELL, seed }, "x")).rejects.toMatchObject({ name: "NatsError" });
});

test.each([
  [[], /No NATS server is named/],
  [["nats.example.org"], /must be given as tls:/],
  [["https://nats.example.org"], /must be given as tls:/],
  [["tls://user:password@nats.example.org"], /without a user or password/],
  [["nats://nats.example.org:4222"], /would send everything unencrypted: write tls:\/\/nats\.example\.org:4222/],
  [["nats://127.0.0.1:4222", "tls://nats.example.org"], /use tls:\/\/ for all/],
])("refuses the addresses %j with a sentence", async (servers, expected) => {
  await expect(connectNats({ servers, cell: CELL, seed }, "x")).rejects.toThrow(expected);
});

test("says that nobody answers, or that the seed is none", async () => {
  const nowhere = connectNats({ servers: ["nats://127.0.0.1:9"], cell: CELL, seed }, "x");
  await expect(nowhere).rejects.toThrow("No NATS server answers at nats://127.0.0.1:9 (ECONNREFUSED)");
  const cell = await startCell({ runners: [] });
  const broken = connectNats({ servers: cell.nats.urls, cell: CELL, seed: "SUnoseed" }, "x");
  await expect(broken).rejects.toMatchObject({ name: "NatsError" });
});

test("reconnects forever: a node that was away is used again, and its users are who they were", async () => {
  const cell = await startCell({ runners: ["linux-1"] });
  const [node] = cell.nats.nodes;
  const server = await cell.server();
  const runner = await cell.runner("linux-1");
  runner.announce(stateOf());
  const seen: string[] = [];
  runner.onLost(() => seen.push("lost"));
  runner.onBack(() => seen.push("back"));
  for (const times of [1, 2]) {
    await node?.kill(times === 1 ? "SIGTERM" : "SIGKILL");
    await expect.poll(() => server.isUp() || runner.isUp()).toBe(false);
    await node?.start();
    await expect.poll(() => server.isUp() && runner.isUp()).toBe(true);
  }
  expect(seen).toEqual(["lost", "back", "lost", "back"]);
  await expect.poll(() => server.presence.list()).toHaveLength(1);
});
