/** The watchdog of systemd, with a program that replaces `systemd-notify`. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { keepWatchdog, notifyIfAnswering } from "./say.mjs";

async function addressOf(answer: RequestListener) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { host: "127.0.0.1", port: (server.address() as AddressInfo).port };
}

function notified() {
  const folder = mkdtempSync(path.join(tmpdir(), "banyan-notify-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, "said");
  const program = `#!/bin/sh\necho "$@" >> ${file}\n`;
  writeFileSync(path.join(folder, "systemd-notify"), program, { mode: 0o700 });
  writeFileSync(file, "");
  const env = { PATH: folder, NOTIFY_SOCKET: "/run/systemd/notify" } as unknown as NodeJS.ProcessEnv;
  return { env, said: () => readFileSync(file, "utf8") };
}

test("systemd hears at once of a server that answers, also of one that is unwell", async () => {
  const { env, said } = notified();
  const address = await addressOf((_, response) => void response.writeHead(503).end());
  onTestFinished(keepWatchdog(() => address, env));
  await expect.poll(said).toBe("WATCHDOG=1 WATCHDOG_USEC=900000000\n");
});

test("it hears nothing of a server that hangs or is gone, and nothing is asked without systemd", async () => {
  const { env, said } = notified();
  const hangs = await addressOf(() => {});
  expect(await notifyIfAnswering(hangs, env, 50)).toBe(false);
  expect(await notifyIfAnswering({ host: "127.0.0.1", port: 1 }, env)).toBe(false);
  keepWatchdog(() => {
    throw new Error("asked");
  }, {} as NodeJS.ProcessEnv)();
  expect(said()).toBe("");
});
