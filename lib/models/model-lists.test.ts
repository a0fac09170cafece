import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createModelLists } from "./model-lists";

test("a provider that failed rests for half a minute, and no longer when the clock is set back", async () => {
  let asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    response.writeHead(503).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const dataDir = mkdtempSync(join(tmpdir(), "banyan-lists-"));
  let nowMs = 0;
  const lists = createModelLists(dataDir, () => nowMs);
  onTestFinished(() => {
    lists.close();
    server.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const refresh = () => lists.refresh({ ollama: { baseUrl } }, { olderThanMs: 0, only: ["ollama"] });
  await refresh();
  nowMs += 29_000;
  await refresh();
  expect(asked).toBe(1);
  nowMs -= 3_600_000;
  await refresh();
  expect(asked).toBe(2);
});
