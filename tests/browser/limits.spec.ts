/** Limits and e-mail on the real server: set, reached, reported by e-mail, and an emergency stop that a person ends. */
import { startSmtpReceiver } from "@/lib/mail/testing/smtp-receiver";
import { agentScript, type Reply } from "@/tests/agents/scripted-provider";
import { looks } from "./looks";
import { expect, test } from "./real-server";
import { modelAt, openStage, type Stage, submitTree } from "./stage";
import { tabAs } from "./tab-as";

const done: Reply = { calls: [{ name: "end_task", input: { status: "success", result: "Done." } }] };
const judged: Reply = {
  calls: [{ name: "end_task", input: { status: "success", result: '{"outcome":"pass","reasons":[]}' } }],
};

let stage: Stage;
let smtp: Awaited<ReturnType<typeof startSmtpReceiver>>;

test.beforeAll(async ({ browser }) => {
  smtp = await startSmtpReceiver({ disabledCommands: ["STARTTLS"] });
  const script = agentScript({ worker: done, "*": judged });
  stage = await openStage(browser, script, {
    settings: (models) => ({ ...modelAt(models), BANYAN_PRIVATE_HOSTS: `localhost:${smtp.port}` }),
  });
});

test.afterAll(async () => {
  await stage?.close();
  await smtp?.close();
});

test("an admin sets up e-mail, and sees the answer of its server", async () => {
  const { page, server } = stage;
  await page.goto(`${server.url}/settings/notifications`);
  await page.getByRole("button", { name: "Set up e-mail" }).click();
  const form = page.getByRole("form", { name: "E-mail" });
  await form.getByLabel("Server").fill("mail.example.org");
  await form.getByLabel("Receivers").fill("ops@example.org");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form).toContainText("The mail server must be given as smtp://USER@HOST:PORT");
  await looks(page, "limits/mail-form");
  await form.getByLabel("Server").fill(`smtp://localhost:${smtp.port}`);
  await form.getByLabel("Something needs a person").uncheck();
  await form.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved. E-mail goes to ops@example.org: send a test message.")).toBeVisible();
  await page.getByRole("button", { name: "Send test" }).click();
  await expect(page.getByText("The test message to ops@example.org was taken: 250 queued.")).toBeVisible();
  await expect(page.getByRole("list", { name: "Last messages" })).toContainText("Delivered");
  expect(smtp.received[0]?.text).toContain("This is a test message.");
  await looks(page, "limits/mail");
});

test("a reached limit holds tasks, shows everywhere, and is reported by e-mail; a person ends an emergency stop", async ({
  browser,
}) => {
  const { page, server, problems } = stage;
  const address = `${server.url}/operations/limits`;
  await page.goto(address);
  const rounds = page.locator("[data-limit=rounds]");
  await expect(rounds).toContainText("No limit");
  await expect(page.locator("[data-limit=disk]")).toContainText("%");
  await expect(page.getByText("Nothing yet: no limit was near.")).toBeVisible();
  await looks(page, "limits/calm");

  // No round may begin, so the limit is reached on every machine.
  await page.getByRole("button", { name: "Edit Rounds of goals today" }).click();
  const form = page.getByRole("form", { name: "Limit of Rounds of goals today" });
  await form.getByLabel("Limit in rounds").fill("many");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form).toContainText("The number of rounds is not a number: give a whole number from 0 to 1000000.");
  await looks(page, "limits/edit");
  await form.getByLabel("Limit in rounds").fill("0");
  await form.getByLabel("At the limit").selectOption("Start nothing");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(rounds).toHaveAttribute("data-level", "limit", { timeout: 60_000 });
  await expect(page.getByText("No task starts. Limit reached: Rounds of goals today.")).toBeVisible();
  await expect(page.getByText("Rounds of goals today: OK → At the limit, 0 rounds of 0 rounds")).toBeVisible();
  await looks(page, "limits/reached");
  const tree = await submitTree(stage, { task: "Waits for the limit", agent: "worker" });
  await page.goto(`${server.url}/trees`);
  await expect(page.getByLabel("Machine alerts")).toContainText(
    "Limit reached: Rounds of goals today, 0 rounds of 0 rounds.",
  );
  await expect.poll(() => smtp.received.length, { timeout: 60_000 }).toBe(2);
  expect(smtp.received[1]?.text).toContain("Subject: Rounds of goals today: at the limit");
  expect(smtp.received[1]?.text).toContain("No task starts until it is below 90");
  const metrics = await (await page.request.get(`${server.url}/metrics`)).text();
  expect(metrics).toContain('banyan_limit_level{limit="rounds"} 3');
  expect(metrics).toContain('banyan_claiming{tasks="none"} 1');

  // With one violation allowed, the next is the emergency stop.
  await page.goto(address);
  await page.getByLabel("Violations").fill("1");
  await page.getByRole("form", { name: "Emergency stop" }).getByRole("button", { name: "Save" }).click();
  await page.getByRole("button", { name: "Edit Rounds of goals today" }).click();
  await form.getByLabel("At the limit").selectOption("Start nothing, then pause everything");
  await form.getByRole("button", { name: "Save" }).click();
  const bar = page.getByRole("region", { name: "Everything is paused" });
  await expect(bar).toContainText("by governor", { timeout: 60_000 });
  await expect(bar).toContainText(
    "Emergency stop: the limit was exceeded 1 time within 10 minutes: Rounds of goals today",
  );
  await expect(page.locator("[data-limit-event=stop]")).toContainText("emergency stop, everything paused");
  await looks(page, "limits/stopped");
  await expect.poll(() => smtp.received.length, { timeout: 60_000 }).toBe(3);
  expect(smtp.received[2]?.text).toContain("Subject: Rounds of goals today: everything is paused");

  const viewer = await tabAs("viewer", browser, stage);
  await viewer.goto(address);
  await expect(viewer.locator("[data-limit=rounds]")).toContainText("At the limit");
  await expect(viewer.getByRole("button", { name: /^Edit/ })).toHaveCount(0);
  await viewer.context().close();

  await page.getByRole("button", { name: "Edit Rounds of goals today" }).click();
  await form.getByLabel("Limit in rounds").fill("");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(rounds).toContainText("No limit");
  await expect(page.getByText("Rounds of goals today: At the limit → OK")).toBeVisible({ timeout: 60_000 });
  await expect(bar).toBeVisible();
  await bar.getByRole("button", { name: "Resume everything" }).click();
  await page.goto(`${server.url}/trees/${tree.id}`);
  await expect(page.getByText("Succeeded").first()).toBeVisible({ timeout: 60_000 });
  expect(problems).toEqual([]);
});
