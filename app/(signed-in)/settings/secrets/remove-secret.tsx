"use client";

import { operate } from "@/app/operate";
import { refreshPage } from "@/components/refresh/refresh-page";
import type { Outcome } from "@/components/ui/hooks/use-action";
import { RemovalDialog } from "@/components/ui/removal-dialog";
import type { ShownSecret } from "./secret-words";

interface RemoveSecretProps {
  secret: ShownSecret;
  onClosed: () => void;
  onDone: (outcome: Outcome) => void;
}

/** Asks for confirmation, and says what stops working without the secret. */
export function RemoveSecret({ secret: { name, use }, onClosed, onDone }: RemoveSecretProps) {
  const servers = use.servers.join(", ");
  const consequence = use.isOwn
    ? `Someone must sign in at ${servers} again before agents can call its tools.`
    : servers
      ? `${servers} ${use.servers.length === 1 ? "uses" : "use"} it and will not start without it.`
      : use.purpose
        ? `It is used for ${use.purpose}.`
        : "No server uses it.";
  return (
    <RemovalDialog
      title="Remove this secret?"
      button="Remove"
      remove={() => operate("removeSecret", { id: name })}
      onClosed={onClosed}
      onDone={(outcome, dismiss) => {
        onDone(outcome);
        dismiss();
        refreshPage();
      }}
    >
      <p className="text-ink-2 mt-2">
        <span className="font-mono text-mono wrap-anywhere">{name}</span>. {consequence} The value cannot be restored
        here; backups of the database keep it, encrypted.
      </p>
    </RemovalDialog>
  );
}
