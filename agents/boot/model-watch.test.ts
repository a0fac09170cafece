import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { openKnownModels } from "@/lib/models/known-models";
import { startModelWatch } from "./model-watch";

test("The start says at once what the table knows, and what the provider's list adds when it has arrived", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "banyan-watch-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  let answer: (() => void) | undefined;
  const server = createServer((_, response) => {
    answer = () => void response.end(JSON.stringify({ data: [{ id: "claude-opus-5-5" }] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const models = openKnownModels(dataDir, { access: () => ({ anthropic: { key: "k", baseUrl } }), now: Date.now });
  onTestFinished(() => models.close());
  const said: string[] = [];
  const end = startModelWatch({
    models,
    timers: { after: () => () => undefined, every: () => () => void said.push("ended") },
    defaultModel: () => "anthropic/claude-opus-4-1",
    agents: () => [
      { name: "coder", model: "anthropic/claude-sonnet-4-6" },
      { name: "worker", model: "inherit" },
    ],
    say: (sentence) => void said.push(sentence),
  });
  const retired = "Default model: anthropic/claude-opus-4-1 was retired on 2026-08-05.";
  expect(said).toEqual([expect.stringContaining(retired)]);
  await vi.waitFor(() => expect(answer).toBeDefined(), 60_000);
  answer?.();
  await vi.waitFor(() => expect(said.length).toBe(3), 60_000);
  expect(said.slice(1)).toEqual([
    "Default model: anthropic/claude-opus-4-1 no longer exists. Switch to anthropic/claude-opus-5-5.",
    "Agent coder: anthropic/claude-sonnet-4-6 no longer exists. Switch to anthropic/claude-opus-5-5.",
  ]);
  end();
  expect(said.at(-1)).toBe("ended");
});
