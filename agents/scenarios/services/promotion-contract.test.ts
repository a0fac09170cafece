/** Whoever approves a promotion reads what it changes for clients of the target. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ownerCalled } from "@/core/rules/roles";
import { contractSentence } from "@/core/words/environments/promotions";
import { endTask } from "@/tests/agents/replies";
import { trialsOfThisFile } from "@/tests/agents/scenario";

const start = trialsOfThisFile();
const owner = ownerCalled("mara");
const RESPONSES = '{"200":{"description":"There","content":{"application/json":{"schema":{"type":"object"}}}}}';
const documentWith = (...paths: string[]) =>
  `{"openapi":"3.1.0","info":{"title":"Shop","version":"1"},"paths":{${paths
    .map((path) => `"${path}":{"get":{"responses":${RESPONSES}}}`)
    .join()}}}`;

test("an approval says which clients break, that none does, or that nobody can tell", async () => {
  const folder = mkdtempSync(join(tmpdir(), "banyan-contract-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", folder, "-c", "user.name=T", "-c", "user.email=t@example.org", ...args]);
  git("init", "-q", "-b", "main");
  const { runtime } = await start({ "*": endTask("Done.") });
  const { commands, queries } = runtime.application;
  const found = async (id: string) => (await queries.listPromotions("shop")).promotions.find((one) => one.id === id);
  const asked = async (document: string) => {
    writeFileSync(join(folder, "openapi.json"), document);
    git("add", "-A");
    git("commit", "-q", "--allow-empty", "-m", "A version");
    const { promotion } = await commands.promote({ id: "shop", target: "production" }, owner);
    await expect.poll(async () => (await found(promotion))?.state, { timeout: 60_000 }).toBe("asked");
    return (await found(promotion)) ?? expect.fail("It is there.");
  };
  const settled = async (id: string, how: "approvePromotion" | "rejectPromotion") => {
    await commands[how]({ id }, owner);
    await expect.poll(async () => (await found(id))?.state, { timeout: 60_000 }).toMatch(/^(done|rejected)$/);
  };
  writeFileSync(join(folder, "openapi.json"), documentWith("/orders", "/stock"));
  git("add", "-A");
  git("commit", "-q", "-m", "A start");
  await commands.addProject({ address: folder, name: "shop", check: "true" }, owner);
  await commands.setTarget({ id: "shop", name: "production", deploy: "true" }, owner);

  const first = await asked(documentWith("/orders", "/stock"));
  expect(first.contract).toBeNull();
  await settled(first.id, "approvePromotion");
  const same = await asked(documentWith("/orders", "/stock"));
  expect(contractSentence(same.contract, "production")).toBe("Its OpenAPI document is the one that production has.");
  await settled(same.id, "rejectPromotion");
  const more = await asked(documentWith("/orders", "/stock", "/prices"));
  expect(more.contract).toEqual({ changes: 1, breaking: [], not_compared: null });
  await settled(more.id, "rejectPromotion");
  const less = await asked(documentWith("/orders"));
  expect(less.contract).toMatchObject({ changes: 1, breaking: [expect.stringContaining("/stock")] });
  expect(contractSentence(less.contract, "production")).toContain("This breaks clients:");
  await settled(less.id, "rejectPromotion");
  const broken = await asked("no document");
  expect(contractSentence(broken.contract, "production")).toMatch(
    /^What it changes for clients of production could not be compared: ./,
  );
}, 120_000);
