import type { Metadata } from "next";
import { enter } from "@/app/enter";
import { Section } from "@/components/ui/page/section";
import { BrowserNotifications } from "./browser-notifications";
import { MailSection } from "./mail-section";
import { Webhooks } from "./webhooks";

export const metadata: Metadata = { title: "Notifications" };

export default async function NotificationsPage() {
  const app = await enter();
  const mayWebhooks = app.may("listWebhooks");
  return (
    <>
      <BrowserNotifications />
      {mayWebhooks ? (
        <>
          <MailSection mail={await app.queries.getMail()} />
          <Webhooks webhooks={await app.queries.listWebhooks()} />
        </>
      ) : (
        <Section id="webhooks" title="Webhooks and e-mail">
          <p className="mt-2 text-ink-2">
            Only admins can see and change webhooks and e-mail. You are signed in as {app.actor.role}.
          </p>
        </Section>
      )}
    </>
  );
}
