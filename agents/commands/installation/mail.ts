/** E-mail. */
import { z } from "zod";
import { UserError, wrongField } from "@/agents/application";
import { operation } from "@/agents/commands/world/operation";
import { hostOf } from "@/agents/operations/audit";
import { said } from "@/agents/operations/operation";
import { text } from "@/agents/operations/parse";
import { activeMail, MAIL_PASSWORD, mailTo } from "@/agents/webhooks/mail";
import { REMOVED } from "@/agents/webhooks/sender";
import type { WebhookSources } from "@/agents/webhooks/webhooks";
import type { Actor } from "@/core/rules/roles";
import type { WebhookBody } from "@/core/shapes/webhooks";
import { MAIL } from "@/db/webhooks/mail";
import { hostProblem } from "@/lib/mail/send";
import { MailAddressError, mailbox, parseMailServer, senderOf } from "@/lib/mail/server";
import { checkHost } from "@/lib/net/check";
import { newId } from "@/lib/new-id";
import { SecretError } from "@/lib/secrets/errors";
import type { Vault } from "@/lib/secrets/vault";
import { eventNames, inOrder } from "./events";
import { inOneSentence } from "./secrets";

const MOST_RECEIVERS = 20;

const mailChange = z.strictObject({
  url: text.describe(
    "The mail server, such as `smtp://user@mail.example.org:587`, or `smtps://` for TLS from the start.",
  ),
  from: text
    .optional()
    .describe(
      "The address of the sender; absent: the user of the mail server if that is an address, else the first of `to`.",
    ),
  to: z.array(text).describe("The addresses that get e-mail."),
  events: eventNames.describe("The events of which e-mail is sent."),
  password: text
    .optional()
    .describe(
      "The password for the mail server, which goes to the vault; absent: the stored one stays while server and user stay.",
    ),
});

export const mailOperations = {
  setMail: operation({
    right: "administer",
    summary: "Sets how e-mail is sent, to whom, and about what. An absent password stays while server and user stay.",
    http: "POST mail",
    input: mailChange,
    keepsSecrets: true,
    audit: ["from", "to", "events"],
    tells: ({ url, password }) => ({ server: hostOf(url), password: password ? "changed" : undefined }),
    result: said,
    run: async (change, actor, { webhooks, security }) => set(webhooks, security.vault, change, actor),
  }),
  removeMail: operation({
    right: "administer",
    summary: "Turns e-mail off.",
    http: "DELETE mail",
    audit: [],
    result: said,
    async run(_input, _actor, { webhooks, security: { vault } }) {
      refuseSettings(webhooks, "remove BANYAN_SMTP_URL");
      if (webhooks.store.mail.read() === null) throw new UserError("not_found", "No e-mail is set up.");
      await removePassword(vault);
      await webhooks.store.mail.remove(REMOVED);
      return { sentence: "E-mail is off. Messages that were still waiting are not sent." };
    },
  }),
  /** Rejects with the server's answer when it does not take the message. */
  testMail: operation({
    right: "administer",
    summary: "Sends a test message now.",
    http: "POST mail/test",
    audit: [],
    result: said,
    run: async (_input, _actor, { webhooks }) => sendTest(webhooks),
  }),
};

async function set(
  webhooks: WebhookSources,
  vault: Pick<Vault, "set" | "remove">,
  change: z.infer<typeof mailChange>,
  actor: Actor,
): Promise<{ sentence: string }> {
  refuseSettings(webhooks, "change the settings that begin with BANYAN_SMTP_ and BANYAN_MAIL_");
  const url = change.url.trim();
  const events = inOrder(change.events);
  const server = inWords("url", () => parseMailServer(url));
  const to = inWords("to", () =>
    [...new Set(change.to.map((address) => address.trim()).filter((address) => address !== ""))].map(mailbox),
  );
  if (to.length === 0) throw wrongField("to", "Name at least one receiver of e-mail.");
  if (to.length > MOST_RECEIVERS) throw wrongField("to", `Name at most ${MOST_RECEIVERS} receivers.`);
  const from = inWords("from", () => senderOf(url, change.from, to));
  const checked = await checkHost(server, webhooks.settings);
  if ("problem" in checked) throw wrongField("url", `${capital(hostProblem(server, checked.problem))}.`);
  const before = webhooks.store.mail.read();
  // A password is never sent to a server for which it was not given, also when the process dies between two of the steps.
  if (before === null || !isSame(before.url, url)) await removePassword(vault);
  await webhooks.store.mail.set({ url, from, to, events, by: actor.name });
  const password = change.password || null;
  if (password !== null)
    await inOneSentence(() => vault.set(MAIL_PASSWORD, password, actor.name), { value: "password" });
  const isOpen = server.user !== null && (activeMail(webhooks)?.password ?? null) === null;
  return {
    sentence: `Saved. E-mail goes to ${to.join(", ")}${isOpen ? "; the server's user needs a password" : ": send a test message"}.`,
  };
}

/** Removes the password if there is one. */
function removePassword(vault: Pick<Vault, "remove">): Promise<void> {
  return inOneSentence(() =>
    vault.remove(MAIL_PASSWORD).catch((error) => {
      if (!(error instanceof SecretError && error.kind === "not_found")) throw error;
    }),
  );
}

function isSame(left: string, right: string): boolean {
  const [a, b] = [parseMailServer(left), parseMailServer(right)];
  return a.host === b.host && a.port === b.port && a.user === b.user;
}

/** Sends a test message once, and lists it among the messages with its outcome. */
async function sendTest(webhooks: WebhookSources): Promise<{ sentence: string }> {
  const mail = activeMail(webhooks);
  if (!mail) throw new UserError("conflict", "No e-mail is set up: save a server and receivers first.");
  const created_at = new Date(webhooks.now()).toISOString();
  const test: WebhookBody = { type: "test", created_at, url: "", tree: null, review: null, limit: null };
  const uid = `msg_${newId()}`;
  const { ok, answer, isPartial = false } = await mailTo(webhooks, mail, uid, test);
  const delivery = { uid, webhook: MAIL, subject: `test:${uid}`, review: null, body: JSON.stringify(test) };
  await webhooks.store.webhooks.storeSent(delivery, { isDelivered: ok && !isPartial, answer });
  if (!ok || isPartial) {
    const what = isPartial ? "was not taken for all receivers" : "was not taken";
    throw new UserError("unavailable", `The test message ${what}: ${answer.replace(/\.$/, "")}.`);
  }
  return { sentence: `The test message to ${mail.to.join(", ")} was taken: ${answer}.` };
}

function refuseSettings({ settings }: WebhookSources, advice: string): void {
  if (settings.mail) throw new UserError("conflict", `E-mail is set by BANYAN_SMTP_URL: ${advice} and restart.`);
}

function inWords<Result>(field: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw error instanceof MailAddressError ? wrongField(field, error.message) : error;
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
