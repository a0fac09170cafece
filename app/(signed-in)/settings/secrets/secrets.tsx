"use client";

import { type ReactNode, useState } from "react";
import type { Outcome } from "@/components/ui/hooks/use-action";
import { useOpened } from "@/components/ui/hooks/use-opened";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Section } from "@/components/ui/page/section";
import { Button } from "@/components/ui/parts";
import { RemoveSecret } from "./remove-secret";
import { SecretForm } from "./secret-form";
import { SecretRow } from "./secret-row";
import type { ShownSecret } from "./secret-words";

interface SecretsProps {
  secrets: ShownSecret[];
  missing: { name: string; server: string }[];
}

/** Lists the secrets by name. A page never receives a value. */
export function Secrets({ secrets, missing }: SecretsProps) {
  /** The secret whose form is open; "" for a new secret. */
  const { opened: setting, open, close } = useOpened<string>();
  const [removing, setRemoving] = useState<ShownSecret | null>(null);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const begin = (name: string) => {
    setOutcome(null);
    open(name);
  };
  const form = (name: string) => (
    <SecretForm
      name={name}
      onDone={(done) => {
        close();
        setOutcome(done);
      }}
      onCancel={close}
    />
  );
  return (
    <Section
      id="secrets"
      title="Secrets"
      beside={secrets.length || null}
      end={
        setting === "" ? null : (
          <Button icon="plus" onClick={() => begin("")}>
            Add secret
          </Button>
        )
      }
    >
      <p className="text-ink-2 mt-2">
        Keys and tokens for tool servers, git hosts and web search. Banyan stores them encrypted, never gives them to an
        agent, and never shows them again.
      </p>
      {setting === "" ? form("") : null}
      <OutcomeLine outcome={outcome} />
      {missing.length > 0 ? <MissingSecrets missing={missing} setting={setting} begin={begin} form={form} /> : null}
      {secrets.length === 0 && missing.length === 0 ? (
        <p className="text-ink-2 py-2">No secrets yet. A tool server’s keys appear here when you add the server.</p>
      ) : (
        <ul className="*:border-b *:border-line">
          {secrets.map((secret) => (
            <SecretRow
              key={secret.name}
              secret={secret}
              onReplace={() => begin(secret.name)}
              onRemove={() => setRemoving(secret)}
            >
              {setting === secret.name ? form(secret.name) : null}
            </SecretRow>
          ))}
        </ul>
      )}
      {removing ? <RemoveSecret secret={removing} onClosed={() => setRemoving(null)} onDone={setOutcome} /> : null}
    </Section>
  );
}

interface MissingSecretsProps extends Pick<SecretsProps, "missing"> {
  setting: string | null;
  begin: (name: string) => void;
  form: (name: string) => ReactNode;
}

function MissingSecrets({ missing, setting, begin, form }: MissingSecretsProps) {
  return (
    <ul className="*:border-b *:border-line">
      {missing.map(({ name, server }) => (
        <li className="py-2" key={`${server} ${name}`}>
          <div className="flex flex-wrap items-center gap-2">
            <span className="min-w-0 flex-auto">
              <span className="font-mono text-mono wrap-anywhere">{name}</span>
              <span className="block text-small">No value yet. {server} does not start without it.</span>
            </span>
            {setting === name ? null : <Button onClick={() => begin(name)}>Set value</Button>}
          </div>
          {setting === name ? form(name) : null}
        </li>
      ))}
    </ul>
  );
}
