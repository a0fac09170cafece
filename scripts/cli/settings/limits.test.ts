import { expect, test } from "vitest";
import { startSmtpReceiver } from "@/lib/mail/testing/smtp-receiver";
import { banyan, buildPrograms, dataFolder } from "@/scripts/testing/command-line";

buildPrograms();

test("e-mail is set up, tested, listed and removed; limits are shown and set; errors are one sentence", async () => {
  const data = dataFolder();
  const smtp = await startSmtpReceiver({ disabledCommands: ["STARTTLS"] });
  const url = `smtp://localhost:${smtp.port}`;
  const env = { BANYAN_PRIVATE_HOSTS: `localhost:${smtp.port}`, XDG_CONFIG_HOME: dataFolder() };
  const call = (args: string[], input = "") => banyan([...args, "--data", data], { env, stdin: input });
  try {
    const set = await call(
      ["mail", "set", url, "--to", "a@example.org", "--events", "limit", "--password"],
      "horse-9-x\n",
    );
    expect([set.status, set.stdout]).toEqual([0, "Saved. E-mail goes to a@example.org: send a test message.\n"]);
    expect((await call(["mail"])).stdout).toBe(
      `${url}  from a@example.org  to a@example.org  limit\nNothing sent yet.\n`,
    );
    expect((await call(["mail", "test"])).stdout).toBe("The test message to a@example.org was taken: 250 queued.\n");
    expect(smtp.received).toHaveLength(1);
    const shown = await call(["mail", "--json"]);
    expect(JSON.parse(shown.stdout)).toMatchObject({ has_password: true, deliveries: [{ status: "delivered" }] });
    expect(shown.stdout).not.toContain("horse-9-x");

    expect((await call(["limits", "set", "disk", "--max", "60", "--action", "hold"])).stdout).toMatch(/^Saved\. /);
    expect((await call(["limits", "set", "--violations", "3", "--alert-from", "limit"])).stdout).toMatch(
      /^Saved\. Everything pauses after 3 violations of one limit within 10 minutes\./,
    );
    const limits = await call(["limits"]);
    expect(limits.stdout).toMatch(/^Tasks start normally\.\n/);
    expect(limits.stdout).toMatch(/^ {2}disk +unknown of 60 % +OK +Start nothing \(of the data folder\)$/m);
    expect(limits.stdout).toMatch(/^ {2}cpu +unknown no limit /m);
    expect((await call(["limits", "set", "disk", "--max", "none"])).status).toBe(0);
    const { limits: all } = JSON.parse((await call(["limits", "--json"])).stdout) as { limits: { name: string }[] };
    expect(all.find(({ name }) => name === "disk")).toMatchObject({ max: null, action: "hold" });

    for (const [args, words] of [
      [["mail", "set", url], "Say where"],
      [["mail", "set", "mail.example.org", "--to", "a@example.org"], "must be given as smtp://"],
      [["mail", "sing"], "use set SERVER, test or remove"],
      [["limits", "set", "tea", "--max", "5"], 'There is no limit "tea"'],
      [["limits", "set", "disk"], "Say what to set"],
      [["limits", "set", "disk", "--max", "500"], "give a percentage from 1 to 100"],
      [["limits", "set", "disk", "--action", "explode"], 'There is no "explode": use alert, slow, hold, stop.'],
      [["limits", "set"], "Nothing to change"],
      [["limits", "set", "--max", "90", "--violations", "3"], "Say of which limit"],
      [["limits", "sing"], "use set, or no verb"],
    ] as const) {
      const failed = await call([...args]);
      expect([args, failed.status === 0, failed.stderr.includes(words)]).toEqual([args, false, true]);
    }
    expect((await call(["mail", "remove"])).stdout).toMatch(/^E-mail is off/);
  } finally {
    await smtp.close();
  }
});
