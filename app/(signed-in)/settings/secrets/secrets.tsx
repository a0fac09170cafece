"use client";

import { useState } from "react";
import type { ListedSecret } from "@/agents/application";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import type { Outcome } from "@/components/ui/use-action";
import { RemoveSecret } from "./remove-secret";
import { SecretForm } from "./secret-form";
import { SecretRow } from "./secret-row";
import type { SecretUse } from "./secret-words";

export type ShownSecret = ListedSecret & { use: SecretUse };

interface SecretsProps {
  secrets: ShownSecret[];
  missing: { name: string; server: string }[];
}

/** Names only: a value is typed in, and never comes out again. */
export function Secrets({ secrets, missing }: SecretsProps) {
  /** The one that gets a value; an empty name: a new one. */
  const [setting, setSetting] = useState<string | null>(null);
  const [removing, setRemoving] = useState<ShownSecret | null>(null);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const begin = (name: string) => {
    setOutcome(null);
    setSetting(name);
  };
  const form = (name: string) => (
    <SecretForm
      name={name}
      onDone={(done) => {
        setSetting(null);
        setOutcome(done);
      }}
      onCancel={() => setSetting(null)}
    />
  );
  return (
    <section className="sect" aria-labelledby="secrets">
      <header>
        <h2 id="secrets">Secrets</h2>
        <span className="faint">{secrets.length > 0 ? secrets.length : ""}</span>
        <span className="more">
          {setting === "" ? null : (
            <Button icon="plus" onClick={() => begin("")}>
              Set a secret
            </Button>
          )}
        </span>
      </header>
      <p className="dim mt-2">
        Values that servers of tools, repositories and searches need. They are kept encrypted, never reach an agent, and
        no page shows them again.
      </p>
      {setting === "" ? form("") : null}
      <OutcomeLine outcome={outcome} />
      {missing.length > 0 ? (
        <ul className="rows">
          {missing.map(({ name, server }) => (
            <li className="secretrow" key={`${server} ${name}`}>
              <div className="flex wrap">
                <span className="min-w-0 grow">
                  <span className="mono wrapany">{name}</span>
                  <span className="small what">Has no value yet: {server} does not start without it.</span>
                </span>
                {setting === name ? null : <Button onClick={() => begin(name)}>Set it</Button>}
              </div>
              {setting === name ? form(name) : null}
            </li>
          ))}
        </ul>
      ) : null}
      {secrets.length === 0 && missing.length === 0 ? (
        <p className="dim py-2">None are kept. A server’s keys come here when it is added.</p>
      ) : (
        <ul className="rows">
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
    </section>
  );
}
