"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { type Outcome, useAction } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import { RemovalDialog } from "@/components/ui/removal-dialog";
import { Clock } from "@/components/ui/time";
import type { Webhook, WebhookDelivery } from "@/core/shapes/webhooks";
import { removeWebhook, testWebhook } from "./actions";
import { deliveryText, EVENT_WORDS, STATUS_WORDS } from "./webhook-words";

interface WebhookRowProps {
  webhook: Webhook;
  onRemoved: (outcome: Outcome) => void;
}

export function WebhookRow({ webhook: { id, url, events, deliveries }, onRemoved }: WebhookRowProps) {
  const router = useRouter();
  const { pending, outcome, run } = useAction();
  const [isRemoving, setRemoving] = useState(false);
  const isOfSettings = id === "settings";
  return (
    <li className="py-2">
      <div className="flex flex-wrap items-center gap-2">
        <span className="min-w-0 flex-auto">
          <span className="font-mono text-mono wrap-anywhere">{url}</span>
          <span className="block text-small text-ink-2">
            {events.map((event) => EVENT_WORDS[event]).join(" · ")}
            {isOfSettings ? " · set by BANYAN_WEBHOOK_URL" : ""}
          </span>
        </span>
        <Button disabled={pending} onClick={() => run(() => testWebhook(id))}>
          Send test
        </Button>
        {isOfSettings ? null : <Button onClick={() => setRemoving(true)}>Remove</Button>}
      </div>
      <OutcomeLine outcome={outcome} />
      <Deliveries deliveries={deliveries} />
      {isRemoving ? (
        <RemovalDialog
          title="Remove this webhook?"
          button="Remove"
          remove={() => removeWebhook(id)}
          onClosed={() => setRemoving(false)}
          onDone={(done, dismiss) => {
            onRemoved(done);
            dismiss();
            router.refresh();
          }}
        >
          <p className="mt-2 text-ink-2">
            <span className="font-mono text-mono wrap-anywhere">{url}</span> gets no more messages, and its secret is
            deleted.
          </p>
        </RemovalDialog>
      ) : null}
    </li>
  );
}

function Deliveries({ deliveries }: { deliveries: WebhookDelivery[] }) {
  if (deliveries.length === 0) return <p className="mt-1 text-small text-ink-3">No message yet.</p>;
  return (
    <ul className="mt-1 text-small text-ink-2" aria-label="Last messages">
      {deliveries.map((one) => (
        <li key={one.id} className="flex min-w-0 flex-wrap gap-x-2 py-0.5">
          <span className={one.status === "failed" ? "text-fail" : ""}>{STATUS_WORDS[one.status]}</span>
          <span className="min-w-0 flex-auto truncate text-ink">{deliveryText(one)}</span>
          <span className="text-ink-3">
            {one.answer === null ? "" : `${one.answer} · `}
            {one.tries > 1 ? `${one.tries} tries · ` : ""}
            {one.next_try_at ? "next try " : ""}
            <Clock at={one.next_try_at ?? one.tried_at ?? one.created_at} />
          </span>
        </li>
      ))}
    </ul>
  );
}
