/** A promotion that waits for an approval stands on Home and in the status, and is told once by webhooks and e-mail. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { letterOf } from "@/agents/webhooks/mail";
import { storeNews } from "@/agents/webhooks/news";
import { ownerCalled } from "@/core/rules/roles";
import type { WebhookBody } from "@/core/shapes/webhooks";
import { endTask } from "@/tests/agents/replies";
import { trialsOfThisFile } from "@/tests/agents/scenario";

const start = trialsOfThisFile();
const owner = ownerCalled("mara");

test("it is in the status while it waits, and told once", async () => {
  const folder = mkdtempSync(join(tmpdir(), "banyan-news-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const git = (...args: string[]) =>
    String(execFileSync("git", ["-C", folder, "-c", "user.name=T", "-c", "user.email=t@example.org", ...args])).trim();
  git("init", "-q", "-b", "main");
  writeFileSync(join(folder, "version"), "one");
  git("add", "-A");
  git("commit", "-q", "-m", "A version");
  const commit = git("rev-parse", "HEAD");
  const { runtime } = await start({ "*": endTask("Done.") });
  const { application, store } = runtime;
  const { commands, queries } = application;
  await commands.addProject({ address: folder, name: "shop", check: "true" }, owner);
  await commands.setTarget({ id: "shop", name: "production", deploy: "true" }, owner);
  await store.webhooks.add({ uid: "hook", url: "https://hook.example/", events: ["needs_you"], createdBy: "mara" });
  const sources = { ...runtime.webhooks, queries, address: "https://banyan.example", now: Date.now };
  const told = async () => {
    // A second search finds nothing new.
    await storeNews(sources);
    await storeNews(sources);
    const bodies = store.client.sqlite
      .prepare("SELECT body FROM webhook_deliveries WHERE webhook = 'hook' ORDER BY id")
      .pluck()
      .all() as string[];
    return bodies.map((body) => JSON.parse(body) as WebhookBody);
  };
  const waiting = async () => (await queries.getStatus()).waiting_promotions;
  expect([await waiting(), await told()]).toEqual([[], []]);

  const { promotion } = await commands.promote({ id: "shop", target: "production" }, owner);
  await expect.poll(waiting, { timeout: 120_000 }).toHaveLength(1);
  expect((await waiting())[0]).toMatchObject({
    project: "shop",
    promotion,
    target: "production",
    commit,
    asked_by: "mara",
  });
  const [news] = await told();
  const title = `Version ${commit.slice(0, 7)} of shop to production`;
  expect(news).toMatchObject({
    type: "needs_you",
    url: "https://banyan.example/projects/shop/environments#targets",
    promotion: { id: promotion, project: "shop", target: "production", title },
  });
  const { subject, text } = letterOf(news ?? expect.fail("It is told."));
  expect([subject, text]).toEqual([`Needs you: ${title}`, expect.stringContaining(`promotion: ${title}`)]);

  // While it waits, its message is due, and stays known long after it was sent.
  const { webhooks } = store;
  const [due] = await webhooks.takeDue("hook", { nowMs: Date.now(), againAtMs: Date.now(), limit: 1 });
  expect(due).toMatchObject({ subject: `promotion:${promotion}`, isSettled: false });
  await webhooks.tried(due?.uid ?? "", { status: "delivered", answer: "", nextAtMs: null });
  await webhooks.forgetBefore(Date.now() + 1);
  await told();
  expect(webhooks.deliveries("hook", 9)).toMatchObject([{ id: due?.uid, status: "delivered" }]);

  await commands.rejectPromotion({ id: promotion }, owner);
  expect(await waiting()).toEqual([]);
  expect(await told()).toHaveLength(1);
  // A message that could not be sent in time says nothing that is still true.
  store.client.sqlite.exec("UPDATE webhook_deliveries SET status = 'waiting'");
  expect(await webhooks.takeDue("hook", { nowMs: Date.now() + 1, againAtMs: Date.now(), limit: 1 })).toMatchObject([
    { isSettled: true },
  ]);
  store.client.sqlite.exec("UPDATE webhook_deliveries SET status = 'dropped'");
  await webhooks.forgetBefore(Date.now() + 1);
  expect(await told()).toEqual([]);
});
