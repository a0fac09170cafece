"use client";

import { useState } from "react";
import { operate } from "@/app/operate";
import { refreshPage } from "@/components/refresh/refresh-page";
import { useAction } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Section } from "@/components/ui/page/section";
import { Button } from "@/components/ui/parts";
import type { Mail } from "@/core/shapes/webhooks";
import { Deliveries } from "./deliveries";
import { MailForm } from "./mail-form";
import { EVENT_WORDS } from "./webhook-words";

/** How e-mail is sent, to whom, and the last messages. */
export function MailSection({ mail }: { mail: Mail }) {
  const { url, from, to, events, has_password, set_by, deliveries } = mail;
  const { pending, outcome, run, say } = useAction();
  const [isEditing, setEditing] = useState(false);
  const act = (name: "testMail" | "removeMail") => run(() => operate(name, {}), refreshPage);
  const mayEdit = set_by !== "environment" && !isEditing;
  return (
    <Section
      id="mail"
      title="E-mail"
      end={
        url === null && mayEdit ? (
          <Button icon="plus" onClick={() => setEditing(true)}>
            Set up e-mail
          </Button>
        ) : null
      }
    >
      <p className="mt-2 text-ink-2">
        The same messages over SMTP with TLS. A message that the server does not take is sent again for about a day.
      </p>
      {isEditing ? (
        <MailForm
          mail={mail}
          onCancel={() => setEditing(false)}
          onDone={(done) => {
            setEditing(false);
            say(done);
            refreshPage();
          }}
        />
      ) : null}
      {url === null ? (
        isEditing ? null : (
          <p className="py-2 text-ink-2">No e-mail is sent.</p>
        )
      ) : (
        <div className="flex flex-wrap items-center gap-2 py-2">
          <span className="min-w-0 flex-auto phone:basis-full">
            <span className="wrap-anywhere">{to.join(", ")}</span>
            <span className="block text-small wrap-anywhere text-ink-2">
              <span className="font-mono text-mono">{url}</span> · from {from}
              {has_password ? " · password saved" : ""}
              {set_by === "environment" ? " · set by BANYAN_SMTP_URL" : ""}
            </span>
            <span className="block text-small text-ink-2">{events.map((event) => EVENT_WORDS[event]).join(" · ")}</span>
          </span>
          <Button disabled={pending} onClick={() => act("testMail")}>
            Send test
          </Button>
          {mayEdit ? (
            <>
              <Button onClick={() => setEditing(true)}>Edit</Button>
              <Button disabled={pending} onClick={() => act("removeMail")}>
                Remove
              </Button>
            </>
          ) : null}
        </div>
      )}
      <OutcomeLine outcome={outcome} />
      {url === null && deliveries.length === 0 ? null : <Deliveries deliveries={deliveries} />}
    </Section>
  );
}
