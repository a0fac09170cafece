/** Who is told of limits: a real receiver of webhooks, a real SMTP server, failures, kills, and what admins set. */
import { createHmac } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { storeNews } from "@/agents/webhooks/news";
import { startSender } from "@/agents/webhooks/sender";
import type { LimitName, LimitsChange } from "@/core/log/limits";
import { startSmtpReceiver } from "@/lib/mail/testing/smtp-receiver";
import { realTimers } from "@/lib/time/timers";
import { type DialValues, dial } from "@/tests/agents/limits/dial";
import { startHookReceiver } from "@/tests/agents/limits/hook-receiver";
import { endTask } from "@/tests/agents/replies";
import { tester, trialsOfThisFile, until } from "@/tests/agents/scenario";

const start = trialsOfThisFile();
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function smtpReceiver(options: Parameters<typeof startSmtpReceiver>[0] = {}) {
  const smtp = await startSmtpReceiver({ disabledCommands: ["STARTTLS"], ...options });
  closers.push(smtp.close);
  return { ...smtp, host: `localhost:${smtp.port}`, url: `smtp://localhost:${smtp.port}` };
}

async function hookReceiver() {
  const hook = await startHookReceiver();
  closers.push(hook.close);
  return hook;
}

async function trialFor(hosts: string[], env: Record<string, string> = {}) {
  const { values, readings } = dial();
  const trial = await start(
    { root: endTask("done") },
    { env: { BANYAN_PRIVATE_HOSTS: hosts.join(","), ...env }, runtime: { readings } },
  );
  let ahead = 0;
  const sending = () =>
    startSender({
      ...trial.runtime.webhooks,
      queries: trial.runtime.application.queries,
      address: "https://banyan.example",
      now: () => Date.now() + ahead,
      timers: { ...realTimers, every: (_ms, run) => realTimers.every(10, run) },
      report: (message, error) => {
        throw new Error(message, { cause: error });
      },
    });
  const read = async (to: DialValues) => {
    Object.assign(values, to);
    await trial.worker?.governor.check();
  };
  return { trial, sending, read, passTime: (ms: number) => (ahead += ms), ...trial.runtime.application };
}

test("a limit is told once by webhook and e-mail, also after refusals and a killed sender", async () => {
  const hook = await hookReceiver();
  const smtp = await smtpReceiver({ refusals: [451, 451] });
  const { commands, queries, sending, read, passTime, trial } = await trialFor([hook.host, smtp.host]);
  const { secret } = await commands.addWebhook({ url: hook.url, events: ["limit"] }, tester);
  await commands.setMail({ url: smtp.url, to: ["a@example.org", "b@example.org"], events: ["limit"] }, tester);

  const end = sending();
  await read({ disk: 85 });
  await read({ disk: 92 });
  await read({ disk: 99 });
  const tries = async () => (await queries.getMail()).deliveries.map(({ tries: count }) => count);
  await until(async () => (await tries()).filter((count) => count === 1).length >= 1, "e-mail was tried");
  await end();
  // Another process goes on, after the waits between tries.
  passTime(20_000);
  const next = sending();
  await until(() => smtp.received.length >= 1 && hook.received.length === 2, "the webhook has both");
  passTime(60_000);
  await until(() => smtp.received.length === 2, "the e-mails arrive");
  // Nothing is told again of a state that stays.
  await read({ disk: 99 });
  await read({ disk: 95 });
  await read({ disk: 40 });
  passTime(60_000);
  await until(() => smtp.received.length === 3 && hook.received.length === 3, "that it is over is told");
  await next();

  expect(hook.received.map(({ body }) => [body.type, body.limit?.name, body.limit?.level])).toEqual([
    ["limit", "disk", "warning"],
    ["limit", "disk", "limit"],
    ["limit", "disk", "ok"],
  ]);
  const { headers, text, body } = hook.received[0]!;
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${text}`;
  expect(headers["webhook-signature"]).toBe(`v1,${createHmac("sha256", key).update(signed).digest("base64")}`);
  expect(body).toMatchObject({ url: "https://banyan.example/operations/limits", tree: null, review: null });
  const subjects = smtp.received.map((mail) => /^Subject: (.*)\r$/m.exec(mail.text)?.[1]).sort();
  expect(subjects).toEqual(["Disk: at the limit", "Disk: ok", "Disk: warning"]);
  expect(smtp.received[0]?.to).toEqual(["a@example.org", "b@example.org"]);
  expect((await queries.getMail()).deliveries.every(({ status }) => status === "delivered")).toBe(true);
  expect(trial.faults).toEqual([]);
});

test("after a clock that was a year ahead is set right, news is told at once", async () => {
  const hook = await hookReceiver();
  const { commands, queries, read, sending, trial } = await trialFor([hook.host]);
  const { id } = await commands.addWebhook({ url: hook.url, events: ["limit", "tree_ended"] }, tester);
  const sources = { ...trial.runtime.webhooks, queries, address: "https://banyan.example" };
  await storeNews({ ...sources, now: () => Date.now() + 365 * 86_400_000 });
  await storeNews({ ...sources, now: Date.now });
  await read({ disk: 99 });
  const { id: tree } = await trial.submit({ task: "root", agent: "worker" });
  await trial.runtime.application.commands.stop({ id: tree, reason: "Enough." }, tester);
  await trial.ended(tree);
  await storeNews({ ...sources, now: Date.now });
  const [webhook] = await queries.listWebhooks();
  expect([webhook?.id, webhook?.deliveries.map(({ type }) => type).sort()]).toEqual([id, ["limit", "tree_ended"]]);
  // Messages that were stored by the wrong clock are sent too.
  trial.runtime.store.client.sqlite
    .prepare("UPDATE webhook_deliveries SET next_at_ms = next_at_ms + ?")
    .run(365 * 86_400_000);
  const end = sending();
  await until(() => hook.received.length === 2, "both messages arrive");
  await end();
});

test("e-mail tells the same events as webhooks, and an agent's words cannot forge a header", async () => {
  const smtp = await smtpReceiver();
  const { commands, sending, trial } = await trialFor([smtp.host]);
  await commands.setMail({ url: smtp.url, to: ["a@example.org"], events: ["tree_ended"] }, tester);
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  await trial.ended(id);
  await trial.runtime.store.log.write(() =>
    trial.runtime.store.client.sqlite
      .prepare("UPDATE trees SET title = 'Ends' || char(13) || char(10) || 'Bcc: evil@example.org'")
      .run(),
  );
  const end = sending();
  await until(() => smtp.received.length === 1, "the e-mail arrives");
  await end();
  const [mail] = smtp.received;
  expect(mail?.to).toEqual(["a@example.org"]);
  expect(mail?.text).toMatch(/^Subject: Tree ended: Ends\\u\{d\} Bcc: evil\[@\]example\[\.\]org\r$/m);
  expect(mail?.text).not.toMatch(/^Bcc:/im);
  expect(mail?.text).toContain(`https://banyan.example/trees/${id}`);
});

test("the password is a secret, stays while server and user stay, and goes with them", async () => {
  const login = { user: "banyan", password: "horse-battery-9" };
  const smtp = await smtpReceiver({ login, allowInsecureAuth: true });
  const { commands, queries, trial } = await trialFor([smtp.host, "localhost:2525"]);
  const url = `smtp://banyan@localhost:${smtp.port}`;
  const given = { url, to: ["a@example.org"], events: ["limit"] };
  expect((await commands.setMail(given, tester)).sentence).toBe(
    "Saved. E-mail goes to a@example.org; the server's user needs a password.",
  );
  await commands.setMail({ ...given, password: login.password }, tester);
  expect(await queries.getMail()).toMatchObject({ url, from: "a@example.org", has_password: true, set_by: "page" });
  const rows = JSON.stringify(trial.runtime.store.client.sqlite.prepare("SELECT * FROM facts").all());
  expect(rows).not.toContain(login.password);
  expect(JSON.stringify((await queries.listAudit({ limit: 100 })).items)).not.toContain(login.password);
  // Given again, it stays the password, and does not become the words that hide it in texts.
  await commands.setMail({ ...given, password: login.password }, tester);
  expect(trial.runtime.security.vault.get("mail/password")).toBe(login.password);
  // This server offers no TLS, so the password is not sent.
  await expect(commands.testMail({}, tester)).rejects.toThrow(/The test message was not taken: it offers no TLS/);
  await commands.setMail({ ...given, to: ["b@example.org"] }, tester);
  expect((await queries.getMail()).has_password).toBe(true);
  await commands.setMail({ ...given, url: "smtp://banyan@localhost:2525" }, tester);
  expect((await queries.getMail()).has_password).toBe(false);
  expect((await commands.removeMail({}, tester)).sentence).toMatch(/^E-mail is off/);
  expect(await queries.getMail()).toMatchObject({ url: null, to: [], set_by: null });
  await expect(commands.testMail({}, tester)).rejects.toThrow(/No e-mail is set up/);
});

test("bad settings of e-mail get one sentence", async () => {
  const { commands } = await trialFor([]);
  const cases: [object, RegExp][] = [
    [{ url: "mail.example.org" }, /must be given as smtp:/],
    [{ url: "smtp://a:secret@mail.example.org" }, /must not hold a password/],
    [{ url: "smtp://localhost:2525" }, /^Localhost is a private address: add localhost:2525/],
    [{ to: [] }, /at least one receiver/],
    [{ to: ["nobody"] }, /“nobody” is not an e-mail address/],
    [{ events: ["often"] }, /“often” is no event/],
    [{ events: [] }, /Choose at least one event/],
  ];
  for (const [given, expected] of cases) {
    const change = { url: "smtp://127.0.0.1:1", to: ["a@example.org"], events: ["limit"], ...given };
    await expect(commands.setMail(change, tester), JSON.stringify(given)).rejects.toThrow(expected);
  }
});

test("e-mail of the environment holds, and cannot be changed here", async () => {
  let refused = "";
  const smtp = await smtpReceiver({
    onRcptTo: ({ address }, _session, done) =>
      done(address === refused ? Object.assign(new Error("No such user"), { responseCode: 550 }) : null),
  });
  const { commands, queries } = await trialFor([smtp.host], {
    BANYAN_SMTP_URL: smtp.url,
    BANYAN_MAIL_TO: "ops@example.org, me@example.org",
    BANYAN_MAIL_EVENTS: "limit",
  });
  expect(await queries.getMail()).toMatchObject({ set_by: "environment", to: ["ops@example.org", "me@example.org"] });
  expect((await commands.testMail({}, tester)).sentence).toMatch(/was taken: 250/);
  refused = "me@example.org";
  await expect(commands.testMail({}, tester)).rejects.toThrow(
    "The test message was not taken for all receivers: 250 queued, but it refused me@example.org (550 No such user).",
  );
  expect((await queries.getMail()).deliveries[0]?.status).toBe("failed");
  const change = { url: smtp.url, to: ["a@example.org"], events: ["limit"] };
  await expect(commands.setMail(change, tester)).rejects.toThrow(/E-mail is set by BANYAN_SMTP_URL/);
  await expect(commands.removeMail({}, tester)).rejects.toThrow(/remove BANYAN_SMTP_URL and restart/);
});

test("an admin sets limits; the daily cap on money is the limit of the cost", async () => {
  const { commands, queries, trial } = await trialFor([]);
  const { sentence } = await commands.setLimits(
    { limits: { disk: { max: 50, action: "hold" }, cost: { max: 12.5 } }, violations: 3, alert_from: "notice" },
    tester,
  );
  expect(sentence).toBe(
    "Saved. Everything pauses after 3 violations of one limit within 10 minutes. Alerts begin at the level notice.",
  );
  await trial.worker?.governor.check();
  const { limits, violations, within_minutes, alert_from } = await queries.getLimits();
  expect([violations, within_minutes, alert_from]).toEqual([3, 10, "notice"]);
  const named = (name: LimitName) => limits.find((limit) => limit.name === name);
  expect(named("disk")).toMatchObject({ max: 50, action: "hold" });
  expect(named("cost")).toMatchObject({ max: 12.5, max_set_by: null });
  expect((await queries.getSpendCaps()).day_usd).toBe(12.5);
  expect(named("own_memory")).toMatchObject({ max: 90, action: "stop" });
});

test("near a daily cap that a setting sets, the alert and the emergency stop say to raise the setting", async () => {
  const hook = await hookReceiver();
  const { commands, queries, read, trial } = await trialFor([hook.host], { BANYAN_MAX_USD_PER_DAY: "20" });
  await commands.addWebhook({ url: hook.url, events: ["limit"] }, tester);
  await commands.setLimits({ limits: { cost: { action: "stop" } }, violations: 1 }, tester);
  const remedy = "Raise BANYAN_MAX_USD_PER_DAY, or wait until tomorrow (UTC).";
  await read({ cost: 19 });
  const { monitor } = await queries.getStatus();
  expect(monitor?.alerts.find(({ what }) => what === "cost")?.remedy).toBe(remedy);
  await read({ cost: 20 });
  expect((await queries.getStatus()).paused_everything?.reason).toContain("Raise BANYAN_MAX_USD_PER_DAY");
  await storeNews({ ...trial.runtime.webhooks, queries, address: "https://banyan.example" });
  const bodies = trial.runtime.store.client.sqlite.prepare("SELECT body FROM webhook_deliveries").pluck().all();
  expect(bodies.filter((body) => String(body).includes(remedy))).toHaveLength(1);
});

test("wrong limits get one sentence", async () => {
  const { commands } = await trialFor([]);
  const cases: [LimitsChange, RegExp][] = [
    [{}, /Nothing to change/],
    [{ limits: { disk: { max: 0 } } }, /Disk cannot be 0: give a percentage from 1 to 100/],
    [{ limits: { disk: { max: Number.NaN } } }, /Disk is not a number: give a percentage/],
    [{ limits: { rounds: { max: 1.5 } } }, /number of rounds cannot be 1.5: give a whole number/],
    [{ limits: { tokens: { max: 5 } } }, /BANYAN_MAX_TOKENS_PER_DAY sets the tokens/],
    [{ limits: { cost: { max: -1 } } }, /daily cap cannot be -1/],
    [{ limits: { tea: { max: 5 } } as never }, /There is no field "tea" in this request/],
    [
      { limits: { disk: { action: "explode" as never } } },
      /"limits.disk.action" must be one of alert, slow, hold, stop/,
    ],
    [{ violations: 0 }, /number of violations cannot be 0/],
    [{ within_minutes: 1_441 }, /window cannot be 1441/],
    [{ alert_from: "never" as never }, /"alert_from" must be one of /],
  ];
  for (const [change, expected] of cases)
    await expect(commands.setLimits(change, tester), JSON.stringify(change)).rejects.toThrow(expected);
});
