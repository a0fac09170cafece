"use client";

import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { type Outcome, useAction } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import { RemovalDialog } from "@/components/ui/removal-dialog";
import { Clock } from "@/components/ui/time";
import type { Webhook, WebhookDelivery } from "@/core/shapes/webhooks";
import { removeWebhook, rotateWebhookSecret, testWebhook } from "./actions";
import { WebhookForm } from "./webhook-form";
import { deliveryText, EVENT_WORDS, STATUS_WORDS } from "./webhook-words";

interface WebhookRowProps {
  webhook: Webhook;
  /** Called after a change; `secret` is a new one, which is shown this once. */
  onDone: (outcome: Outcome, secret: string | null) => void;
}

export function WebhookRow({ webhook, onDone }: WebhookRowProps) {
  const { id, url, events, deliveries } = webhook;
  const router = useRouter();
  const { pending, outcome, run } = useAction();
  const [open, setOpen] = useState<"edit" | "rotate" | "remove" | null>(null);
  const close = () => setOpen(null);
  const isOfSettings = id === "settings";
  return (
    <li className="py-2">
      <div className="flex flex-wrap items-center gap-2">
        <span className="min-w-0 flex-auto phone:basis-full">
          <span className="font-mono text-mono wrap-anywhere">{url}</span>
          <span className="block text-small text-ink-2">
            {events.map((event) => EVENT_WORDS[event]).join(" · ")}
            {isOfSettings ? " · set by BANYAN_WEBHOOK_URL" : ""}
          </span>
        </span>
        <Button
          disabled={pending}
          onClick={() =>
            run(
              () => testWebhook(id),
              () => router.refresh(),
            )
          }
        >
          Send test
        </Button>
        {isOfSettings ? null : (
          <>
            <Button onClick={() => setOpen("edit")}>Edit</Button>
            <Button onClick={() => setOpen("rotate")}>New secret</Button>
            <Button onClick={() => setOpen("remove")}>Remove</Button>
          </>
        )}
      </div>
      <OutcomeLine outcome={outcome} />
      {open === "edit" ? (
        <WebhookForm
          webhook={webhook}
          onDone={(done, secret) => {
            close();
            onDone(done, secret);
          }}
          onCancel={close}
        />
      ) : null}
      <Deliveries deliveries={deliveries} />
      {open === "rotate" ? <RotateDialog id={id} url={url} onClosed={close} onDone={onDone} /> : null}
      {open === "remove" ? (
        <RemovalDialog
          title="Remove this webhook?"
          button="Remove"
          remove={() => removeWebhook(id)}
          onClosed={close}
          onDone={(done, dismiss) => {
            onDone(done, null);
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

type RotateDialogProps = Pick<Webhook, "id" | "url"> & Pick<WebhookRowProps, "onDone"> & { onClosed: () => void };

function RotateDialog({ id, url, onClosed, onDone }: RotateDialogProps) {
  // The dialog calls `onDone` of the render in which the button was pressed.
  const made = useRef<string | null>(null);
  return (
    <RemovalDialog
      title="Replace the secret?"
      button="Replace"
      remove={async () => {
        const { secret = null, ...result } = await rotateWebhookSecret(id);
        made.current = secret;
        return result;
      }}
      onClosed={onClosed}
      onDone={(done, dismiss) => {
        onDone(done, made.current);
        dismiss();
      }}
    >
      <p className="mt-2 text-ink-2">
        The old secret is deleted. <span className="font-mono text-mono wrap-anywhere">{url}</span> must have the new
        one before the next message, or it refuses the signature.
      </p>
    </RemovalDialog>
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
