/** L4: what leaves by an export, a download or a list: no secret of this installation, whoever asks. */
import { expect, test } from "vitest";
import { ownerCalled } from "@/core/rules/roles";
import { ROUTE_LIST } from "./http/v1/handle";
import { startDoors } from "./testing/doors";

const secret = (name: string) => `Zq9${name}x7Kd2mW8vT4`;

/** Settings that are secrets, and addresses with a password or a token in them. */
const SETTINGS = {
  ...Object.fromEntries(
    ["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"].map(
      (name) => [name, secret(name)],
    ),
  ),
  AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
  AWS_BEARER_TOKEN_BEDROCK: secret("bedrock"),
  GOOGLE_CLIENT_ID: "client",
  GOOGLE_CLIENT_SECRET: secret("google"),
  BANYAN_ALLOWED_USERS: "ann@example.org",
  SYSTEM_SECRET_KEY: secret("system").repeat(3),
  BANYAN_WEBHOOK_URL: `https://hooks.example.org/services/${secret("hook")}`,
  BANYAN_WEBHOOK_SECRET: `whsec_${Buffer.from(secret("webhook").padEnd(32, "w")).toString("base64")}`,
  BANYAN_SMTP_URL: "smtp://banyan@mail.example.org:587",
  BANYAN_SMTP_PASSWORD: secret("smtp"),
  BANYAN_MAIL_FROM: "banyan@example.org",
  BANYAN_MAIL_TO: "ann@example.org",
  SEARXNG_URL: `http://me:${secret("search")}@127.0.0.1:8888`,
  OLLAMA_BASE_URL: `http://me:${secret("ollama")}@127.0.0.1:11434`,
};

test("L4: no route and no download shows a secret, not even to an admin", async () => {
  const doors = await startDoors({ work: false, env: SETTINGS });
  const { commands } = doors.trial.runtime.application;
  const admin = ownerCalled("test");
  await commands.setSecret("deploy", secret("stored"), admin);
  const tree = await doors.trial.submit({ task: "Look", agent: "worker" });
  await commands.createBackup({}, admin);
  const found: string[] = [];
  for (const role of ["admin", "viewer"] as const) {
    const headers = await doors.signedIn(role);
    const read = async (path: string) => {
      const { text } = await doors.ask(path, { headers });
      for (const [value] of text.matchAll(/Zq9\w+?x7Kd2mW8vT4/g)) found.push(`${role} ${path}: ${value}`);
    };
    for (const { name } of ROUTE_LIST) {
      const [method, shape = ""] = name.split(" ");
      if (method !== "GET") continue;
      for (const [unit, id] of [
        ["trees", tree.id],
        ["tasks", tree.root_task_id],
      ] as const)
        await read(`/api/v1/${shape.replace(":unit", unit).replace(":id", id)}`);
    }
    for (const name of ["audit.csv", "audit.jsonl"]) await read(`/downloads/${name}`);
    await read("/metrics");
  }
  // An admin reads the whole address of a webhook, to tell it from others.
  expect([...new Set(found)]).toEqual([`admin /api/v1/webhooks: ${secret("hook")}`]);
});
