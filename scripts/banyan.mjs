#!/usr/bin/env node
import "./check-node.mjs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { ensureBuilt } from "./build.mjs";
import { loadDotenv } from "./dotenv.mjs";
import { runEntry } from "./say.mjs";
import { ensureInstalled, ROOT } from "./setup.mjs";

// Messages go to standard error, because standard output belongs to the command (`--json`).
await runEntry(async () => {
  const env = /** @type {Record<string, string | undefined>} */ (process.env);
  loadDotenv(path.join(ROOT, ".env"));
  env.NODE_ENV ??= "production";
  await ensureInstalled();
  await ensureBuilt("programs");
  const { main } = await import(pathToFileURL(path.join(ROOT, "dist/banyan.mjs")).href);
  process.exitCode = await main(process.argv.slice(2));
});
