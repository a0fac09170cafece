"use client";

import { useEffect, useRef } from "react";
import { CopyButton } from "@/components/text/copy-button";
import { Facts } from "@/components/ui/facts";
import { Card } from "@/components/ui/page/card";
import { Button } from "@/components/ui/parts";

/** The webhook of a link, with a secret that was just made. */
export interface NewHook {
  /** Its path on Banyan's address. */
  path: string;
  secret: string;
  /** What it has to send. */
  sends: string;
}

/** Shows the new secret of a link's webhook. This is the only time. */
export function NewHookBox({ hook: { path, secret, sends }, onClose }: { hook: NewHook; onClose: () => void }) {
  const box = useRef<HTMLDivElement>(null);
  // The dialog has closed, and the button that opened it goes away.
  useEffect(() => box.current?.focus(), []);
  return (
    <Card as="section" className="mt-3 mb-1" aria-labelledby="new-hook" ref={box} tabIndex={-1}>
      <h3 id="new-hook">Webhook of the link</h3>
      <p className="text-ink-2">
        Banyan asks the forge each minute. To be told at once, add a webhook there that sends {sends}. Copy the secret
        now: it is not shown again.
      </p>
      <Facts className="mt-2 items-center phone:grid-cols-1 [&_dd]:flex [&_dd]:flex-wrap [&_dd]:items-center [&_dd]:gap-2">
        <dt>Address</dt>
        <dd>
          <code className="min-w-0 wrap-anywhere">{window.location.origin + path}</code>
          <CopyButton look="quiet" text={() => window.location.origin + path}>
            Copy address
          </CopyButton>
        </dd>
        <dt>Secret</dt>
        <dd>
          <code className="min-w-0 wrap-anywhere">{secret}</code>
          <CopyButton look="quiet" text={secret}>
            Copy secret
          </CopyButton>
        </dd>
      </Facts>
      <Button className="mt-2" onClick={onClose}>
        Done
      </Button>
    </Card>
  );
}
