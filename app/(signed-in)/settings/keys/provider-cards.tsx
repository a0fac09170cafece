"use client";

import { testProvider } from "@/app/actions/providers";
import { operate } from "@/app/operate";
import { refreshPage } from "@/components/refresh/refresh-page";
import { Confirm } from "@/components/settings/confirm";
import { ModelNotes } from "@/components/settings/model-notes";
import { Facts } from "@/components/ui/facts";
import { type Outcome, useAction } from "@/components/ui/hooks/use-action";
import { useOpened } from "@/components/ui/hooks/use-opened";
import { Card } from "@/components/ui/page/card";
import { Badge, Button, Say } from "@/components/ui/parts";
import { Clock } from "@/components/ui/time";
import type { ListedProvider } from "@/core/shapes/installation/providers";
import { ProviderForm } from "../provider-form";

interface ProviderCardsProps {
  providers: ListedProvider[];
  defaultModel: string;
  /** About models in use. */
  notes: string[];
}

/** The model providers: which are connected, with which key, and who set it when. Keys are never shown in full. */
export function ProviderCards({ providers, defaultModel, notes }: ProviderCardsProps) {
  return (
    <>
      <p className="text-ink-2">
        {defaultModel === "runbook"
          ? "No model is connected. Runbooks work; agents need a provider key or a local model server."
          : `Default model: ${defaultModel}. Tasks use it unless the agent or the person who starts them picks another.`}
      </p>
      <ModelNotes notes={notes} className="mt-3" />
      {providers.map((provider) => (
        <ProviderCard key={provider.name} provider={provider} defaultModel={defaultModel} />
      ))}
    </>
  );
}

function ProviderCard({ provider, defaultModel }: { provider: ListedProvider; defaultModel: string }) {
  const { pending, outcome, run, say } = useAction();
  const { opened, open, close } = useOpened<Form>();
  const { name, label } = provider;

  function done(result: Outcome): void {
    close();
    say(result);
    if (result.ok) refreshPage();
  }

  return (
    <Card as="section" className="mt-4" aria-labelledby={`provider-${name}`} data-provider={name}>
      <CardHead
        provider={provider}
        opened={opened}
        open={open}
        pending={pending}
        test={() => run(() => testProvider({ id: name }))}
      />
      <ProviderFacts provider={provider} />
      {outcome ? (
        <div className="mt-3">
          <Say look={outcome.ok ? "good" : "bad"} role={outcome.ok ? "status" : "alert"}>
            {outcome.sentence}
          </Say>
        </div>
      ) : null}
      {opened === "form" ? (
        <div className="mt-3 max-w-140">
          <ProviderForm provider={provider} defaultModel={defaultModel} onKept={done} onCancel={close} takesFocus />
        </div>
      ) : null}
      {opened === "remove" ? (
        <Confirm
          title={`Remove the saved settings of ${label}?`}
          text={
            provider.source === "environment"
              ? "The settings in the environment stay in use."
              : "Tasks that use its models fail at their next turn, until you add a key again."
          }
          word="Remove"
          act={() => operate("removeProviderKey", { id: name })}
          onDone={done}
          onClosed={close}
        />
      ) : null}
    </Card>
  );
}

type Form = "form" | "remove";

interface CardHeadProps {
  provider: ListedProvider;
  opened: Form | null;
  open: (what: Form) => void;
  pending: boolean;
  test: () => void;
}

function CardHead({ provider, opened, open, pending, test }: CardHeadProps) {
  const { name, label, available, is_kept, takes_key } = provider;
  return (
    <div className="flex flex-wrap items-center gap-2">
      <h2 id={`provider-${name}`}>{label}</h2>
      {available ? (
        <Badge look="good" icon="succeeded">
          Connected
        </Badge>
      ) : (
        <Badge icon="stopped">Not connected</Badge>
      )}
      <span className="flex-auto min-w-0" />
      {provider.source ? (
        <Button disabled={pending} onClick={test}>
          {pending ? "Testing…" : "Test"}
        </Button>
      ) : null}
      {opened === "form" ? null : (
        <Button onClick={() => open("form")}>{is_kept ? "Replace" : takes_key ? "Add key" : "Add address"}</Button>
      )}
      {is_kept ? (
        <Button look="danger" onClick={() => open("remove")}>
          Remove
        </Button>
      ) : null}
    </div>
  );
}

function ProviderFacts({ provider }: { provider: ListedProvider }) {
  const { source, has_key, last_four, base_url, settings, updated_by, updated_at, takes_key, is_kept, reason } =
    provider;
  const { also_serves } = provider;
  if (source === null)
    return (
      <p className="text-ink-2 mt-1">
        {reason} {also_serves ? `Another server with its API, such as ${also_serves}, is added here too.` : ""}
      </p>
    );
  return (
    <Facts className="mt-3">
      {takes_key ? (
        <>
          <dt>Key</dt>
          <dd>{has_key ? last_four ? <span className="font-mono text-mono">…{last_four}</span> : "Set" : "None"}</dd>
        </>
      ) : null}
      <dt>Address</dt>
      <dd className="font-mono text-mono wrap-anywhere">{base_url ?? provider.own_address}</dd>
      <dt>Set by</dt>
      <dd>
        {source === "environment" ? (
          <>
            the environment ({settings.join(", ")}){is_kept ? ", which overrides what is saved here" : ""}
          </>
        ) : updated_by && updated_at ? (
          <>
            {updated_by}, <Clock at={updated_at} />
          </>
        ) : (
          "an admin"
        )}
      </dd>
    </Facts>
  );
}
