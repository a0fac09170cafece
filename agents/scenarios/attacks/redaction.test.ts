import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { call, endTask } from "@/tests/agents/replies";
import { trialsOfThisFile } from "@/tests/agents/scenario";
import type { Trial } from "@/tests/agents/trial";
import { changeAgent, offerTool, worldToolFor } from "@/tests/agents/world-tool";

const start = trialsOfThisFile();

const KEY = `pk+${randomBytes(24).toString("base64")}/=%`;
const bytes = Buffer.from(KEY);
const ENCODED = {
  raw: KEY,
  base64: Buffer.from(`user:${KEY}\n`).toString("base64"),
  base64url: bytes.toString("base64url"),
  hex: bytes.toString("hex"),
  url: encodeURIComponent(KEY),
  json: JSON.stringify({ key: KEY }),
};

/** Returns everything that the trial has on disk. */
function bytesOf(trial: Trial): string {
  trial.runtime.store.client.sqlite.pragma("wal_checkpoint(TRUNCATE)");
  return readdirSync(trial.dataDir, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), "latin1"))
    .join("");
}

test("L1: a known key that a tool prints in any usual encoding is in no database, prompt, draft or log", async () => {
  const drafts: string[] = [];
  const printing = worldToolFor("print_key", "repeat", (_, { onProgress, onOutput }) => {
    onProgress?.(`working with ${ENCODED.base64}`);
    // The output arrives in pieces that cut the key.
    for (const text of Object.values(ENCODED))
      for (const piece of [...(text.match(/.{1,7}/gs) ?? []), "\n"]) onOutput?.(piece, "stdout");
    return Object.entries(ENCODED)
      .map(([name, text]) => `${name}: ${text}`)
      .join("\n");
  });
  const trial = await start(
    { root: [call("print_key", { what: "x" }), endTask("printed")], "*": () => endTask("noted") },
    { env: { OPENAI_API_KEY: KEY }, runtime: { worldTools: [printing] } },
  );
  await offerTool(trial, "print_key", "auto");
  await changeAgent(trial, "worker", { tools: ["print_key"] });
  const { id } = await trial.submit({ task: "root", agent: "worker", rights: ["read", "write"] });
  const { live } = trial.runtime;
  live.onActivity(id, ({ taskId }) => void drafts.push(JSON.stringify(live.activityOf(id, taskId))));
  const tree = await trial.ended(id);
  expect(tree.status).toBe("succeeded");
  const kept = {
    disk: bytesOf(trial),
    prompts: JSON.stringify(trial.provider?.requests),
    drafts: drafts.join("\n"),
    log: trial.faults.join("\n"),
  };
  for (const [where, text] of Object.entries(kept))
    for (const [name, encoded] of Object.entries(ENCODED))
      expect([where, name, text.includes(encoded.slice(8, -8))]).toEqual([where, name, false]);
  expect(kept.prompts.includes("hex: [redacted: openai_api_key]")).toBe(true);
  expect(kept.drafts.includes('"output":{"start":0,"text":"[redacted: openai_api_key]')).toBe(true);
});
