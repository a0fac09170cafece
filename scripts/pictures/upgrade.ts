/** Pictures of a tree whose subtasks run, fail and ask, and of what a person decides there. */
import { join } from "node:path";
import { type Browser, expect as plainExpect } from "@playwright/test";
import type { ProviderScript } from "@/tests/agents/scripted-provider";
import { makeRepository } from "@/tests/browser/real-server";
import { modelAt, openStage, submitTree } from "@/tests/browser/stage";
import { UPGRADE, upgradeScript } from "@/tests/browser/upgrade";
import { PHONE, take, WIDE } from "./take";

const expect = plainExpect.configure({ timeout: 120_000 });

const SHOP = {
  "package.json": '{"name":"shop","type":"module","dependencies":{"express":"4.21.2"}}\n',
  "CHANGELOG.md": "# Changes\n",
  "src/routes/files.ts": `import { Router } from "express";

export const files = Router();
files.get("/files/*", (request, response) => response.sendFile(request.params[0]));
`,
};
/** A model that answers at once would show 0 s everywhere. */
const MODEL_MS = 1_200;
const patient: ProviderScript = async (request) => ({ ...(await upgradeScript(request)), delayMs: MODEL_MS });

export async function takeUpgrade(browser: Browser): Promise<void> {
  const stage = await openStage(browser, patient, {
    settings: (models, folder) => ({
      ...modelAt(models),
      MAX_CONCURRENT_AGENTS: "6",
      BANYAN_KEY_FILE: join(folder, "keys.json"),
      BANYAN_WORKSPACE_ROOTS: join(folder, "src"),
    }),
    context: { viewport: WIDE },
  });
  const { page, server, folder } = stage;
  try {
    const shop = join(folder, "src", "shop");
    makeRepository(shop, SHOP);
    const policy = await page.request.post(`${server.url}/api/v1/tools/write_file/policy`, { data: { policy: "ask" } });
    expect(policy.ok()).toBe(true);
    const tree = await submitTree(stage, { task: UPGRADE, agent: "worker", workspace: shop });

    const address = `${server.url}/trees/${tree.id}`;
    const row = (name: RegExp) => page.getByRole("tree").getByRole("treeitem", { name });
    await page.goto(address);
    await expect(row(/^Translate the changelog, Failed/)).toBeVisible();
    await expect(row(/^Decide how paths match, Waiting for you/)).toBeVisible();
    await expect(row(/^Upgrade Express.*, Waiting/)).toBeVisible();
    await row(/^Find what breaks, Succeeded/).click();
    await expect(page.getByTestId("result")).toContainText("Three things break");
    await take(page, "tree");

    await page.goto(`${address}?view=graph`);
    await expect(page.locator(".react-flow__node", { hasText: "Decide how paths match" })).toBeVisible();
    await take(page, "graph");

    await page.goto(server.url);
    const question = page.locator("[data-review]", { hasText: "stop matching" });
    await expect(question).toBeVisible();
    await take(page, "home");
    await page.setViewportSize(PHONE);
    await take(page, "phone");
    await page.setViewportSize(WIDE);
    await question.getByRole("button", { name: "Yes, answer 404" }).click();
    // Home keeps an answered item in its place, so it does not show the next one.
    const open = async () => (await page.request.get(`${server.url}/api/v1/reviews`)).text();
    await expect.poll(open).toContain("src/routes/files.ts");

    await page.goto(`${server.url}/review`);
    await expect(page.getByRole("article", { name: "Selected item" })).toContainText("src/routes/files.ts");
    await take(page, "review");
    expect(stage.problems).toEqual([]);
  } finally {
    await stage.close();
  }
}
