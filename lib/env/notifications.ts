/** The settings of the webhook and of e-mail. */
import { z } from "zod";
import { WEBHOOK_EVENTS, type WebhookEvent } from "@/core/shapes/webhooks";
import type { MailAccess } from "@/lib/mail/send";
import { MailAddressError, mailbox, senderOf } from "@/lib/mail/server";

const eventList = z
  .string()
  .default(WEBHOOK_EVENTS.join(","))
  .refine((text) => eventsIn(text).length === listIn(text).length, `${WEBHOOK_EVENTS.join(", ")}, separated by commas`);

export const NOTIFICATION_SETTINGS = {
  BANYAN_WEBHOOK_URL: z.url({ protocol: /^https?$/, error: "a URL that begins with http:// or https://" }).optional(),
  BANYAN_WEBHOOK_EVENTS: eventList,
  BANYAN_WEBHOOK_SECRET: z.string().min(16, "at least 16 characters").optional(),
  BANYAN_SMTP_URL: z.string().optional(),
  BANYAN_SMTP_PASSWORD: z.string().optional(),
  BANYAN_MAIL_FROM: z.string().optional(),
  BANYAN_MAIL_TO: z.string().optional(),
  BANYAN_MAIL_EVENTS: eventList,
};

interface Given {
  BANYAN_WEBHOOK_URL?: string | undefined;
  BANYAN_WEBHOOK_EVENTS: string;
  BANYAN_WEBHOOK_SECRET?: string | undefined;
  BANYAN_SMTP_URL?: string | undefined;
  BANYAN_SMTP_PASSWORD?: string | undefined;
  BANYAN_MAIL_FROM?: string | undefined;
  BANYAN_MAIL_TO?: string | undefined;
  BANYAN_MAIL_EVENTS: string;
}

/** Refuses an address without a secret, because unsigned messages could be anybody's. */
export function webhookIn(
  given: Given,
  refuse: (sentence: string) => never,
): { url: string; events: WebhookEvent[]; secret: string } | null {
  const { BANYAN_WEBHOOK_URL: url, BANYAN_WEBHOOK_SECRET: secret } = given;
  if (!url) return null;
  if (!secret)
    refuse(
      "The setting BANYAN_WEBHOOK_URL needs BANYAN_WEBHOOK_SECRET, which signs the messages: set it to at least 16 random characters.",
    );
  return { url, events: eventsIn(given.BANYAN_WEBHOOK_EVENTS), secret };
}

/** Refuses a server without receivers, and wrong addresses. */
export function mailIn(
  given: Given,
  refuse: (sentence: string) => never,
): (MailAccess & { events: WebhookEvent[] }) | null {
  const { BANYAN_SMTP_URL: url, BANYAN_MAIL_TO = "", BANYAN_MAIL_FROM, BANYAN_SMTP_PASSWORD } = given;
  if (!url) return null;
  try {
    const to = listIn(BANYAN_MAIL_TO).map(mailbox);
    const from = senderOf(url, BANYAN_MAIL_FROM, to);
    return { url, password: BANYAN_SMTP_PASSWORD || null, from, to, events: eventsIn(given.BANYAN_MAIL_EVENTS) };
  } catch (error) {
    if (!(error instanceof MailAddressError)) throw error;
    return refuse(`The settings BANYAN_SMTP_URL, BANYAN_MAIL_TO and BANYAN_MAIL_FROM set e-mail up. ${error.message}`);
  }
}

function eventsIn(text: string): WebhookEvent[] {
  const given = listIn(text);
  return WEBHOOK_EVENTS.filter((event) => given.includes(event));
}

export function listIn(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((item) => item !== "");
}
