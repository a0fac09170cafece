/** E-mail in effect: of the environment's settings, else what an admin saved. It gets the same messages as webhooks. */
import type { Mail, WebhookBody, WebhookEvent } from "@/core/shapes/webhooks";
import { plural } from "@/core/words/figures";
import { limitSubject } from "@/core/words/spending/limits";
import { MAIL, type MailStore } from "@/db/webhooks/mail";
import type { Webhooks } from "@/db/webhooks/webhooks";
import type { Settings } from "@/lib/env";
import { type MailAccess, type MailOutcome, sendMail } from "@/lib/mail/send";
import { plain } from "@/lib/mcp/forms/plain";

/** The name of the secret with the password. */
export const MAIL_PASSWORD = "mail/password";

const SHOWN_DELIVERIES = 10;

export interface MailSources {
  store: { mail: MailStore; webhooks: Pick<Webhooks, "deliveries"> };
  settings: Pick<Settings, "mail" | "privateHosts">;
  secret(name: string): string | null;
}

interface ActiveMail extends MailAccess {
  events: readonly WebhookEvent[];
  setBy: "environment" | "page";
  /** null for the settings' e-mail. */
  createdAtMs: number | null;
}

export function activeMail({ store, settings, secret }: Omit<MailSources, "store"> & { store: { mail: MailStore } }) {
  if (settings.mail) return { ...settings.mail, setBy: "environment", createdAtMs: null } satisfies ActiveMail;
  const saved = store.mail.read();
  if (!saved) return null;
  const { url, from, to, events, atMs } = saved;
  return {
    url,
    from,
    to,
    events,
    password: readPassword(secret),
    setBy: "page",
    createdAtMs: atMs,
  } satisfies ActiveMail;
}

export function shownMail(sources: MailSources): Mail {
  const mail: ActiveMail | null = activeMail(sources);
  return {
    url: mail?.url ?? null,
    from: mail?.from ?? null,
    to: [...(mail?.to ?? [])],
    events: [...(mail?.events ?? [])],
    has_password: (mail?.password ?? null) !== null,
    set_by: mail?.setBy ?? null,
    deliveries: sources.store.webhooks.deliveries(MAIL, SHOWN_DELIVERIES),
  };
}

/** Sends a message once; `more`: how many further messages it stands for. Never rejects. */
export function mailTo(
  { settings }: Pick<MailSources, "settings">,
  mail: MailAccess,
  id: string,
  body: WebhookBody,
  more = 0,
): Promise<MailOutcome> {
  return sendMail(mail, { id, ...letterOf(body, more) }, { privateHosts: settings.privateHosts });
}

/**
 * Makes a text that may come from an agent or a stranger fit for one line of an e-mail: nothing is hidden, and no
 * address is a link, because readers trust a link in an e-mail of Banyan.
 */
function quoted(text: string): string {
  return plain(text, true)
    .replaceAll("://", "[:]//")
    .replace(/\bwww\./gi, "www[.]")
    .replace(DOT_OF_DOMAIN, "[$&]")
    .replace(AT_OF_ADDRESS, "[@]")
    .slice(0, MOST_QUOTED);
}

/**
 * Programs make a link of `name.tld` and of `who@name` alone. Which endings are domains changes all the time, so names of
 * files get brackets, too. Browsers take the other three signs for a dot.
 */
const DOT_OF_DOMAIN = /(?<=\S)[.\u3002\uff0e\uff61](?=[\p{L}\p{M}]{2})/gu;
const AT_OF_ADDRESS = /(?<=\S)@(?=\S)/g;

const MOST_QUOTED = 500;

/** Titles may be an agent's words, so each stays on a line that Banyan begins. */
export function letterOf(body: WebhookBody, more = 0): { subject: string; text: string } {
  const { type, tree, review, schedule, forge, promotion, limit, url, created_at } = body;
  const subject = limit
    ? limitSubject(limit)
    : [
        SUBJECTS[type],
        quoted(review?.title ?? tree?.title ?? promotion?.title ?? schedule?.name ?? forge?.project ?? ""),
      ]
        .filter(Boolean)
        .join(": ");
  const lines = [
    limit?.sentence ?? quoted(schedule?.sentence ?? SENTENCES[type]),
    forge ? `${quoted(forge.host)}${forge.is_paused ? ", paused by Banyan" : ""}: ${quoted(forge.sentence)}` : "",
    promotion ? `promotion: ${quoted(promotion.title)}` : "",
    review ? `${review.kind}: ${quoted(review.title)}` : "",
    tree ? `Tree: ${quoted(tree.title)} (${tree.status}${tree.reason === null ? "" : `, ${quoted(tree.reason)}`})` : "",
    url,
    more > 0
      ? `${plural(more, "more message")} came together with this one. Find ${more === 1 ? "it" : "them"} on the pages.`
      : "",
    `${created_at} · Sent by Banyan. Change it under Settings, Notifications.`,
  ];
  return {
    subject,
    text: `${lines
      .map((line) => line.replace(/\s+/g, " "))
      .filter((line) => line !== "")
      .join("\n\n")}\n`,
  };
}

const SUBJECTS: Record<WebhookBody["type"], string> = {
  needs_you: "Needs you",
  tree_ended: "Tree ended",
  tree_failed: "Tree failed",
  schedule_paused: "Schedule paused",
  forge_stuck: "Forge brings no work",
  limit: "Limit",
  test: "Test message",
};

const SENTENCES: Record<WebhookBody["type"], string> = {
  needs_you: "An item waits for a person.",
  tree_ended: "A tree ended.",
  tree_failed: "A tree failed.",
  schedule_paused: "Banyan paused a schedule.",
  forge_stuck: "A project gets no work from its forge.",
  limit: "A limit is near.",
  test: "This is a test message. E-mail from Banyan arrives here.",
};

function readPassword(secret: MailSources["secret"]): string | null {
  try {
    return secret(MAIL_PASSWORD);
  } catch {
    return null;
  }
}
