/** `npm run pictures`: makes every picture of the documents, with a real server, a real browser and a scripted model. */
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { settleAll } from "@/tests/browser/real-server";
import { launchBrowser } from "../bench/real-server";
import { takeEvolve } from "./evolve";
import { takeForge } from "./forge";
import { takeGoal } from "./goal";
import { PICTURES } from "./made";
import { FOLDER } from "./take";
import { takeUpgrade } from "./upgrade";

export async function main(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const browser = await launchBrowser();
  try {
    settleAll(browser);
    await takeUpgrade(browser);
    await takeGoal(browser);
    await takeForge(browser);
    await takeEvolve(browser);
  } finally {
    await browser.close();
  }
  for (const name of PICTURES) {
    const file = join(FOLDER, `${name}.png`);
    console.log(`${file}: ${Math.round(statSync(file).size / 1024)} KB`);
  }
}
