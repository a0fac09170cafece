import "./check-node.mjs";
import path from "node:path";
import { ensureAllBuiltApart } from "./build.mjs";
import { loadDotenv } from "./dotenv.mjs";
import { ROOT } from "./places.mjs";
import { runEntry, say } from "./say.mjs";
import { ensureInstalled } from "./setup.mjs";

// Installs and builds without starting: for images, and so that the next start of an upgrade is quick.
await runEntry(async () => {
  loadDotenv(path.join(ROOT, ".env"));
  await ensureInstalled(ROOT, { meanwhile: ensureAllBuiltApart });
  await ensureAllBuiltApart();
  say("Installed and built.");
});
