/** Picture of an evolution after a night on a simulated clock, when a person has accepted its three changes. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, expect as plainExpect } from "@playwright/test";
import { ownerCalled } from "@/core/rules/roles";
import type { EvolutionOfProject } from "@/core/shapes/evolution";
import { call, endTask } from "@/tests/agents/replies";
import { agentScript } from "@/tests/agents/scripted-provider";
import { startTrial } from "@/tests/agents/trial";
import { makeRepository, signIn, startRealServer, watchProblems } from "@/tests/browser/real-server";
import { LOW, take } from "./take";

const expect = plainExpect.configure({ timeout: 120_000 });

const NAMES = ["prices", "orders", "stock"];
const untyped = (name: string) =>
  `/** Counts ${name}. */\nexport function ${name}(values: any[]): number {\n  return values.length;\n}\n`;
const fileIn = (text: string) => /src\/\w+\.ts/.exec(text)?.[0] ?? "";

/** The coder types the function in the file that its task names. */
const script = agentScript({
  goal_planner: ({ instruction }) => {
    const title = `Type ${fileIn(instruction)}`;
    return endTask(JSON.stringify({ plan: title, steps: [{ title, instruction: `${title}.` }] }));
  },
  task_evaluator: () => endTask('{"outcome":"pass","reasons":["It holds."]}'),
  coder: ({ instruction, turn }) => {
    const path = fileIn(instruction);
    const name = path.replace(/^src\/|\.ts$/g, "");
    if (turn > 0) return endTask("It is typed.");
    return call("write_file", { path, content: untyped(name).replace("any[]", "number[]") });
  },
  "*": endTask("Noted."),
});

export async function takeEvolve(browser: Browser): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "banyan-pictures-"));
  const [dataDir, shop] = [join(folder, "data"), join(folder, "src", "shop")];
  try {
    mkdirSync(dataDir);
    makeRepository(shop, {
      ...Object.fromEntries(NAMES.map((name) => [`src/${name}.ts`, untyped(name)])),
      "tests/all.test.ts": NAMES.map((name) => `import { ${name} } from "../src/${name}";\n${name}([]);\n`).join(""),
      LICENSE: "MIT",
    });
    await passNight(dataDir, shop);
    const server = await startRealServer(dataDir, { BANYAN_WORKSPACE_ROOTS: join(folder, "src") });
    const context = await browser.newContext({ viewport: LOW, timezoneId: "UTC" });
    try {
      const page = await context.newPage();
      const problems = watchProblems(page);
      await signIn(page, server);
      await page.goto(`${server.url}/projects/shop/evolve`);
      const waiting = page.getByRole("list", { name: "Changes that wait" }).getByRole("listitem");
      for (let left = NAMES.length; left > 0; left -= 1) {
        await expect(waiting).toHaveCount(left);
        const place = await waiting
          .first()
          .getByText(/^src\//)
          .textContent();
        await waiting.first().getByRole("button", { name: "Accept…" }).click();
        const dialog = page.getByRole("dialog", { name: "Accept this change" });
        await dialog.getByLabel(/^Branch/).fill(`typed-${place?.replace(/^src\/|\.ts.*/g, "")}`);
        await dialog.getByRole("button", { name: "Accept" }).click();
        await expect(dialog).toHaveCount(0);
      }
      const cycles = page.getByRole("list", { name: "Cycles" }).getByRole("listitem");
      await expect(cycles.filter({ hasText: "Accepted" })).toHaveCount(NAMES.length);
      await page.reload();
      await expect(page.getByText("Live", { exact: true })).toBeVisible();
      await take(page, "evolve");
      expect(problems).toEqual([]);
    } finally {
      await context.close();
      await server.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A schedule begins a run at two o'clock of the night before, and its cycles work until it ends. */
async function passNight(dataDir: string, shop: string): Promise<void> {
  const hourMs = 3_600_000;
  const morning = Math.floor((Date.now() - 6 * hourMs) / (24 * hourMs)) * 24 * hourMs;
  let nowMs = morning - hourMs;
  const trial = await startTrial({ script, dataDir, runtime: { now: () => nowMs } });
  try {
    const owner = ownerCalled("you");
    const { commands, queries } = trial.runtime.application;
    await commands.addProject({ address: shop, name: "shop", check: "test -f LICENSE" }, owner);
    const submission = { task: "Evolve shop", project: "shop", evolve: { cycles: 5 } };
    await commands.addSchedule({ cron: "0 2 * * *", zone: "UTC", submission }, owner);
    nowMs = morning + 2 * hourMs + 1_000;
    await trial.worker?.schedules.check();
    const hasEnded = ({ runs }: EvolutionOfProject) => runs.length > 0 && runs.every(({ state }) => state === "ended");
    while (!hasEnded(await queries.getEvolution("shop"))) {
      await trial.worker?.evolutions.check();
      await new Promise((resolve) => setTimeout(resolve, 20));
      nowMs += 1_000;
    }
    expect(trial.faults).toEqual([]);
  } finally {
    await trial.close();
  }
}
