import "./check-node.mjs";
import { ensureAllBuiltApart } from "./build.mjs";
import { ROOT } from "./places.mjs";
import { runEntry, say } from "./say.mjs";
import { loadSettings } from "./settings.mjs";
import { ensureInstalled } from "./setup.mjs";

// Installs and builds without starting: for images, and so that the next start of an upgrade is quick.
await runEntry(async () => {
  loadSettings();
  await ensureInstalled(ROOT, { meanwhile: ensureAllBuiltApart });
  await ensureAllBuiltApart();
  say("Installed and built.");
});
