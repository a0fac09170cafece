/** Two changes of one thing that arrive at once: both are stored, or one is refused with the reason. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { DEFAULT_EVOLUTION } from "@/core/evolution/rules";
import { tester, trialsOfThisFile } from "@/tests/agents/scenario";

const start = trialsOfThisFile();
const HOST = "127.0.0.1:9";

async function application() {
  const trial = await start({}, { work: false, env: { BANYAN_PRIVATE_HOSTS: HOST } });
  return { trial, ...trial.runtime.application };
}

/** Folders without a repository, by these names. */
function foldersCalled(...names: string[]): string[] {
  const around = realpathSync(mkdtempSync(join(tmpdir(), "banyan-at-once-")));
  onTestFinished(() => rmSync(around, { recursive: true, force: true }));
  return names.map((name) => {
    mkdirSync(join(around, name));
    return join(around, name);
  });
}

test("of the policy: a level that is refused stays refused beside a host that is added", async () => {
  const { commands, queries } = await application();
  await Promise.all([
    commands.setPolicy({ levels: { network: "deny" } }, tester),
    commands.setPolicy({ add_hosts: ["api.example.org"] }, tester),
    commands.setPolicy({ add_hosts: ["other.example.org"] }, tester),
  ]);
  const { levels, hosts } = await queries.getPolicy();
  expect(levels.network).toBe("deny");
  expect(hosts).toEqual(expect.arrayContaining(["api.example.org", "other.example.org"]));
});

test("of a project and of the rules of its evolution", async () => {
  const { trial, commands, queries } = await application();
  const [shop = ""] = foldersCalled("shop");
  await commands.addProject({ address: shop, name: "shop" }, tester);
  await Promise.all([
    commands.changeProject({ id: "shop", check: "npm test" }, tester),
    commands.changeProject({ id: "shop", cost_usd: 0.5, start: "npm start" }, tester),
    commands.changeProject({ id: "shop", agent: "worker", previews: true }, tester),
  ]);
  expect(trial.runtime.store.projects.get("shop")).toMatchObject({
    check: { command: "npm test" },
    defaults: { cost_usd: 0.5, agent: "worker" },
    service: { start: "npm start", previews: true },
  });
  await Promise.all([
    commands.setEvolution({ id: "shop", day_usd: 3 }, tester),
    commands.setEvolution({ id: "shop", paths: ["docs/**"] }, tester),
  ]);
  const rules = async () => (await queries.getEvolution("shop"))?.rules;
  expect(await rules()).toEqual({ ...DEFAULT_EVOLUTION, day_usd: 3, paths: ["docs/**"] });
  // Each alone is right; together no cycle could begin.
  const both = await Promise.allSettled([
    commands.setEvolution({ id: "shop", day_usd: 2 }, tester),
    commands.setEvolution({ id: "shop", cycle_usd: 3 }, tester),
  ]);
  expect(both.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  expect(await rules()).toMatchObject({ day_usd: 2, cycle_usd: 2 });
});

test("of a schedule: its name, its task and its times", async () => {
  const { commands, queries } = await application();
  const submission = { task: "Tidy up", agent: "worker" };
  const { id } = await commands.addSchedule({ cron: "0 9 * * *", zone: "UTC", submission }, tester);
  const other = { task: "Tidy the docs", agent: "worker" };
  await Promise.all([
    commands.changeSchedule({ id, name: "Docs" }, tester),
    commands.changeSchedule({ id, submission: other }, tester),
    commands.changeSchedule({ id, cron: "0 10 * * *" }, tester),
  ]);
  expect(await queries.getSchedule(id)).toMatchObject({ name: "Docs", cron: "0 10 * * *", submission: other });
});

test("of what the repositories of a project need: both are stored, and no circle", async () => {
  const { trial, commands } = await application();
  const [shop = "", lib = "", docs = ""] = foldersCalled("shop", "lib", "docs");
  await commands.addProject({ address: shop, name: "shop" }, tester);
  await Promise.all([
    commands.addRepository({ id: "shop", address: lib }, tester),
    commands.addRepository({ id: "shop", address: docs }, tester),
  ]);
  const { projects } = trial.runtime.store;
  expect([...(projects.get("shop")?.needs ?? [])].sort()).toEqual(["docs", "lib"]);
  const both = await Promise.allSettled([
    commands.changeRepository({ id: "shop", folder: "lib", needs: ["docs"] }, tester),
    commands.changeRepository({ id: "shop", folder: "docs", needs: ["lib"] }, tester),
  ]);
  expect(both.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  expect(projects.repositories("shop").map(({ folder, needs }) => [folder, needs])).toEqual(
    expect.arrayContaining([
      ["lib", ["docs"]],
      ["docs", []],
    ]),
  );
});

test("of a webhook; and an address gets one webhook, whose secret alone is kept", async () => {
  const { trial, commands, queries } = await application();
  const { id } = await commands.addWebhook({ url: `http://${HOST}/a`, events: ["needs_you", "limit"] }, tester);
  await Promise.all([
    commands.changeWebhook({ id, url: `http://${HOST}/b` }, tester),
    commands.changeWebhook({ id, events: ["limit"] }, tester),
  ]);
  expect(await queries.listWebhooks()).toMatchObject([{ url: `http://${HOST}/b`, events: ["limit"] }]);
  const same = { url: `http://${HOST}/c`, events: ["limit" as const] };
  const both = await Promise.allSettled([commands.addWebhook(same, tester), commands.addWebhook(same, tester)]);
  expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  const webhooks = await queries.listWebhooks();
  const secrets = trial.runtime.security.vault.list().map(({ name }) => name);
  expect(secrets).toEqual(webhooks.map((webhook) => `webhook/${webhook.id}`).sort());
});
