"use client";

import type { FormEvent } from "react";
import { operate } from "@/app/operate";
import { refreshPage } from "@/components/refresh/refresh-page";
import { FormActs } from "@/components/ui/form-acts";
import { Field } from "@/components/ui/forms/field";
import { useChanges } from "@/components/ui/forms/use-changes";
import { useForm } from "@/components/ui/forms/use-form";
import type { Outcome } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { WEBHOOK_EVENTS, type Webhook } from "@/core/shapes/webhooks";
import { addWebhook } from "./actions";
import { EventChoice } from "./event-choice";

interface WebhookFormProps {
  /** Absent: the form adds a new one. */
  webhook?: Webhook;
  /** `secret` is that of a new webhook. */
  onDone: (outcome: Outcome, secret: string | null) => void;
  onCancel: () => void;
}

export function WebhookForm({ webhook, onDone, onCancel }: WebhookFormProps) {
  const form = useForm();
  const { values, set, isChanged, changes } = useChanges(savedOf(webhook), inputOf);
  const { url, events } = values;

  function send(event: FormEvent): void {
    event.preventDefault();
    if (webhook && !isChanged) {
      onCancel();
      return;
    }
    let secret: string | null = null;
    form.run(
      async () => {
        if (webhook) return operate("changeWebhook", { id: webhook.id, ...changes });
        const { secret: made = null, ...result } = await addWebhook(inputOf(values));
        secret = made;
        return result;
      },
      (result) => {
        if (!result.ok) return;
        refreshPage();
        onDone(result, secret);
      },
    );
  }
  return (
    <form
      {...form.props}
      className="stack mt-2 max-w-130"
      onSubmit={send}
      aria-label={webhook ? "Edit webhook" : "New webhook"}
    >
      <Field form={form} name="url" label="Address">
        <input
          {...form.register("url")}
          type="text"
          inputMode="url"
          className="font-mono text-mono"
          placeholder="https://example.org/hook"
          autoCapitalize="off"
          spellCheck={false}
          value={url}
          onChange={(event) => set({ url: event.target.value })}
        />
      </Field>
      <EventChoice form={form} events={events} onChange={(chosen) => set({ events: chosen })} />
      <OutcomeLine outcome={form.rest} />
      <FormActs close={onCancel} disabled={form.pending}>
        {webhook ? "Save" : "Add"}
      </FormActs>
    </form>
  );
}

interface Values {
  url: string;
  events: readonly string[];
}

/** A new webhook begins with all events. */
function savedOf(webhook: Webhook | undefined): Values {
  return { url: webhook?.url ?? "", events: webhook?.events ?? WEBHOOK_EVENTS };
}

function inputOf({ url, events }: Values) {
  return { url, events: [...events] };
}
