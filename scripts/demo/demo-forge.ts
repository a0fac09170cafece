/**
 * `npm run demo-forge`: a forge on this machine with one repository, and Banyan linked with it, without a key or network.
 * A person puts a label on an issue, and approves the pull request; a scripted model does the work.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServed } from "../bench/real-server";
import { linkWithBanyan, startDemoForge } from "./forge-demo";

export async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "banyan-demo-forge-"));
  const ended = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  const demo = await startDemoForge(folder);
  try {
    const dataDir = join(folder, "data");
    const served = await startServed(dataDir, demo.settings);
    try {
      await linkWithBanyan(demo, dataDir, served.url);
      const lines = [
        "",
        `1. Sign in to Banyan:            ${served.link}`,
        `2. Open the issue of the forge:  ${demo.pages}/issues/1`,
        "   and put the label “banyan” on it.",
        `3. Watch Banyan's project:       ${served.url}/projects/widgets`,
        "   Soon it has a pull request; its checks run here.",
        "4. Approve the pull request at the forge. The project's rule merges it.",
        "",
        "The model is scripted and everything is in a temporary folder. End with Ctrl+C.",
      ];
      console.log(lines.join("\n"));
      await ended;
    } finally {
      await served.stop();
    }
  } finally {
    await demo.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
