"use client";

import { useRef } from "react";
import { operate } from "@/app/operate";
import { refreshPage } from "@/components/refresh/refresh-page";
import { type Outcome, useAction } from "@/components/ui/hooks/use-action";
import { useOpened } from "@/components/ui/hooks/use-opened";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import { RemovalDialog } from "@/components/ui/removal-dialog";
import type { Webhook } from "@/core/shapes/webhooks";
import { rotateWebhookSecret } from "./actions";
import { Deliveries } from "./deliveries";
import { WebhookForm } from "./webhook-form";
import { EVENT_WORDS } from "./webhook-words";

interface WebhookRowProps {
  webhook: Webhook;
  /** Called after a change; `secret` is a new one, which is shown this once. */
  onDone: (outcome: Outcome, secret: string | null) => void;
}

export function WebhookRow({ webhook, onDone }: WebhookRowProps) {
  const { id, url, events, deliveries } = webhook;
  const { pending, outcome, run } = useAction();
  const { opened, open, close } = useOpened<"edit" | "rotate" | "remove">();
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
        <Button disabled={pending} onClick={() => run(() => operate("testWebhook", { id }), refreshPage)}>
          Send test
        </Button>
        {isOfSettings ? null : (
          <>
            <Button onClick={() => open("edit")}>Edit</Button>
            <Button onClick={() => open("rotate")}>New secret</Button>
            <Button onClick={() => open("remove")}>Remove</Button>
          </>
        )}
      </div>
      <OutcomeLine outcome={outcome} />
      {opened === "edit" ? (
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
      {opened === "rotate" ? <RotateDialog id={id} url={url} onClosed={close} onDone={onDone} /> : null}
      {opened === "remove" ? (
        <RemovalDialog
          title="Remove this webhook?"
          button="Remove"
          remove={() => operate("removeWebhook", { id })}
          onClosed={close}
          onDone={(done, dismiss) => {
            onDone(done, null);
            dismiss();
            refreshPage();
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
        const { secret = null, ...result } = await rotateWebhookSecret({ id });
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
