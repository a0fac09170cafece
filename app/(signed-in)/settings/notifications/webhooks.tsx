"use client";

import { useState } from "react";
import { Cuts } from "@/components/text/cuts";
import type { Outcome } from "@/components/ui/hooks/use-action";
import { useOpened } from "@/components/ui/hooks/use-opened";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Section } from "@/components/ui/page/section";
import { Button } from "@/components/ui/parts";
import type { Webhook } from "@/core/shapes/webhooks";
import { WebhookForm } from "./webhook-form";
import { WebhookRow } from "./webhook-row";

/** Lists the webhooks, each with its newest messages. */
export function Webhooks({ webhooks }: { webhooks: Webhook[] }) {
  const adding = useOpened<"add">();
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const begin = () => {
    setOutcome(null);
    adding.open("add");
  };
  const finish = (done: Outcome, made: string | null) => {
    setOutcome(done);
    // One that was made before is not shown again, so it stays until it is copied.
    if (made !== null) setSecret(made);
  };
  const end = adding.opened ? null : (
    <Button icon="plus" onClick={begin}>
      Add webhook
    </Button>
  );
  return (
    <Section id="webhooks" title="Webhooks" beside={webhooks.length || null} end={end}>
      <p className="mt-2 text-ink-2">
        Another program gets a signed message as JSON: what happened, with a link, and no text of a log. A message that
        is not taken is sent again for about a day.
      </p>
      {adding.opened ? (
        <WebhookForm
          onDone={(done, made) => {
            adding.close();
            finish(done, made);
          }}
          onCancel={adding.close}
        />
      ) : null}
      <OutcomeLine outcome={outcome} />
      {secret === null ? null : <MadeSecret secret={secret} />}
      {webhooks.length === 0 ? (
        <p className="py-2 text-ink-2">No webhooks yet.</p>
      ) : (
        <ul className="*:border-b *:border-line">
          {webhooks.map((webhook) => (
            <WebhookRow key={webhook.id} webhook={webhook} onDone={finish} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function MadeSecret({ secret }: { secret: string }) {
  return (
    <div className="mt-2 max-w-130 rounded-control border border-line bg-code" data-testid="webhook-secret">
      <p className="px-3 py-2 font-mono text-mono wrap-anywhere">{secret}</p>
      <Cuts>
        <span>Signs each message (HMAC-SHA256, Standard Webhooks). Not shown again.</span>
        <button type="button" className="link" onClick={() => void navigator.clipboard?.writeText(secret)}>
          Copy
        </button>
      </Cuts>
    </div>
  );
}
