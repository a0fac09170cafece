/** A link with a forge that brings no work is told by webhooks and e-mail, once until it works again. */
import { expect, test } from "vitest";
import { letterOf } from "@/agents/webhooks/mail";
import { storeNews } from "@/agents/webhooks/news";
import type { WebhookBody } from "@/core/shapes/webhooks";
import { forgeWith, linked, work } from "@/tests/agents/forges/linked";

test("three failed looks and a pause of Banyan's are told once each, a person's pause is not", async () => {
  const forge = await forgeWith();
  const run = await linked(forge, { script: work([]) });
  const { queries } = run.trial.runtime.application;
  await run.store.webhooks.add({
    uid: "hook",
    url: "https://hook.example/",
    events: ["forge_stuck"],
    createdBy: "tester",
  });
  const sources = { ...run.trial.runtime.webhooks, queries, address: "https://banyan.example", now: Date.now };
  const told = async () => {
    // A second search finds nothing new.
    await storeNews(sources);
    await storeNews(sources);
    const bodies = run.store.client.sqlite
      .prepare("SELECT body FROM webhook_deliveries WHERE webhook = 'hook' ORDER BY id")
      .pluck()
      .all() as string[];
    return bodies.map((body) => JSON.parse(body) as WebhookBody);
  };
  await run.look(2);
  forge.before = () => ({ status: 502, data: {} });
  await run.look(2);
  expect(await told()).toEqual([]);
  await run.look(1);
  const [first] = await told();
  const trouble = run.store.forges.link("widgets")?.trouble;
  expect(first).toMatchObject({
    type: "forge_stuck",
    url: "https://banyan.example/projects/widgets",
    forge: { project: "widgets", host: forge.host, is_paused: false, sentence: trouble },
  });
  await run.look(2);
  expect(await told()).toHaveLength(1);
  // While it fails, its message stays known long after it was sent.
  const forget = async () => {
    run.store.client.sqlite.exec("UPDATE webhook_deliveries SET status = 'delivered'");
    await run.store.webhooks.forgetBefore(Date.now() + 1);
  };
  await forget();
  await told();
  expect(run.store.webhooks.deliveries("hook", 9)).toMatchObject([{ status: "delivered" }]);

  forge.before = null;
  await run.look(1);
  expect(run.store.forges.link("widgets")).toMatchObject({ failures: 0, failingSinceMs: null });
  forge.before = () => ({ status: 502, data: {} });
  await run.look(3);
  expect(await told()).toHaveLength(2);

  const link = run.store.forges.link("widgets");
  if (!link) expect.fail("It is linked.");
  await run.store.forges.pause(link.id, null, "ann is viewer now, and starting tasks needs operator.");
  const paused = (await told())[2];
  expect(paused?.forge).toMatchObject({ is_paused: true, sentence: expect.stringContaining("ann is viewer now") });
  await run.store.forges.pause(link.id, "tester", null);
  expect(await told()).toHaveLength(3);
  // What is over is forgotten.
  await run.store.forges.resume(link.id, link.maker);
  await forget();
  expect(await told()).toEqual([]);

  if (!paused) expect.fail("It is told.");
  const { subject, text } = letterOf(paused);
  expect(subject).toBe("Forge brings no work: widgets");
  expect(text).toContain("A project gets no work from its forge.");
  expect(text).toContain(`${forge.host}, paused by Banyan: ann is viewer now, and starting tasks needs operator.`);
});
