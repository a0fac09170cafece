"use client";

import { type FormEvent, useState } from "react";
import { operate } from "@/app/operate";
import { FormActs } from "@/components/ui/form-acts";
import { Field } from "@/components/ui/forms/field";
import { useForm } from "@/components/ui/forms/use-form";
import type { Outcome } from "@/components/ui/hooks/use-action";
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
  const form = useForm();
  const [url, setUrl] = useState(mail.url ?? "");
  const [password, setPassword] = useState("");
  const [from, setFrom] = useState(mail.from ?? "");
  const [to, setTo] = useState(mail.to.join(", "));
  const [events, setEvents] = useState<readonly string[]>(mail.url === null ? WEBHOOK_EVENTS : mail.events);

  function send(event: FormEvent): void {
    event.preventDefault();
    form.run(
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
    <form {...form.props} className="stack mt-2 max-w-130" onSubmit={send} aria-label="E-mail">
      <Field form={form} name="url" label="Server">
        <input
          {...form.register("url")}
          {...plain}
          className="font-mono text-mono"
          placeholder="smtp://user@mail.example.org:587"
          value={url}
          onChange={({ target }) => setUrl(target.value)}
        />
      </Field>
      <Field form={form} name="password" label={`Password${mail.has_password ? " (empty: stays)" : ""}`}>
        <input
          {...form.register("password")}
          type="password"
          autoComplete="new-password"
          value={password}
          onChange={({ target }) => setPassword(target.value)}
        />
      </Field>
      <Field form={form} name="to" label="Receivers, separated by commas">
        <input
          {...form.register("to")}
          {...plain}
          placeholder="you@example.org"
          value={to}
          onChange={({ target }) => setTo(target.value)}
        />
      </Field>
      <Field form={form} name="from" label="Sender (optional)">
        <input
          {...form.register("from")}
          {...plain}
          placeholder="banyan@example.org"
          value={from}
          onChange={({ target }) => setFrom(target.value)}
        />
      </Field>
      <EventChoice form={form} events={events} onChange={setEvents} />
      <OutcomeLine outcome={form.rest} />
      <FormActs close={onCancel} disabled={form.pending}>
        Save
      </FormActs>
    </form>
  );
}
