import "./check-node.mjs";
import path from "node:path";
import { ensureBuilt, hasPages } from "./build.mjs";
import { loadDotenv } from "./dotenv.mjs";
import { runEntry, say } from "./say.mjs";
import { ensureInstalled, ROOT } from "./setup.mjs";

// Installs and builds without starting: for images, and so that the next start of an upgrade is quick.
await runEntry(async () => {
  const env = /** @type {Record<string, string | undefined>} */ (process.env);
  loadDotenv(path.join(ROOT, ".env"));
  env.NODE_ENV ??= "production";
  env.NEXT_TELEMETRY_DISABLED ??= "1";
  await ensureInstalled();
  await ensureBuilt("programs");
  if (hasPages()) await ensureBuilt("web");
  say("Installed and built.");
});
