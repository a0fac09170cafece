"use client";

import { type FormEvent, useState } from "react";
import { operate } from "@/app/operate";
import { FIELD } from "@/components/ui/field-look";
import { FormActs } from "@/components/ui/form-acts";
import { type Outcome, useAction } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { type Mail, WEBHOOK_EVENTS } from "@/core/shapes/webhooks";
import { EventChoice } from "./event-choice";

interface MailFormProps {
  mail: Mail;
  onDone: (outcome: Outcome) => void;
  onCancel: () => void;
}

/** Returns undefined for an empty field. */
function filled(text: string): string | undefined {
  return text.trim() === "" ? undefined : text;
}

export function MailForm({ mail, onDone, onCancel }: MailFormProps) {
  const { pending, outcome, run } = useAction();
  const [url, setUrl] = useState(mail.url ?? "");
  const [password, setPassword] = useState("");
  const [from, setFrom] = useState(mail.from ?? "");
  const [to, setTo] = useState(mail.to.join(", "));
  const [events, setEvents] = useState<readonly string[]>(mail.url === null ? WEBHOOK_EVENTS : mail.events);

  function send(event: FormEvent): void {
    event.preventDefault();
    run(
      () => {
        const given = { password: filled(password), from: filled(from) };
        return operate("setMail", { url, ...given, to: to.split(","), events: [...events] });
      },
      (result) => {
        if (result.ok) onDone(result);
      },
    );
  }
  const plain = { type: "text", autoCapitalize: "off", spellCheck: false } as const;
  return (
    <form className="stack mt-2 max-w-130" onSubmit={send} aria-label="E-mail">
      <label className={FIELD}>
        <span>Server</span>
        <input
          {...plain}
          className="font-mono text-mono"
          placeholder="smtp://user@mail.example.org:587"
          value={url}
          onChange={({ target }) => setUrl(target.value)}
        />
      </label>
      <label className={FIELD}>
        <span>Password{mail.has_password ? " (empty: stays)" : ""}</span>
        <input
          type="password"
          autoComplete="new-password"
          value={password}
          onChange={({ target }) => setPassword(target.value)}
        />
      </label>
      <label className={FIELD}>
        <span>Receivers, separated by commas</span>
        <input {...plain} placeholder="you@example.org" value={to} onChange={({ target }) => setTo(target.value)} />
      </label>
      <label className={FIELD}>
        <span>Sender (optional)</span>
        <input
          {...plain}
          placeholder="banyan@example.org"
          value={from}
          onChange={({ target }) => setFrom(target.value)}
        />
      </label>
      <EventChoice events={events} onChange={setEvents} />
      <OutcomeLine outcome={outcome} />
      <FormActs close={onCancel} disabled={pending}>
        Save
      </FormActs>
    </form>
  );
}
