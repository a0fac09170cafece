"use client";

import { useRouter } from "next/navigation";
import type { Outcome } from "@/components/ui/hooks/use-action";
import { RemovalDialog } from "@/components/ui/removal-dialog";
import { removeSecret } from "./actions";
import type { ShownSecret } from "./secrets";

interface RemoveSecretProps {
  secret: ShownSecret;
  onClosed: () => void;
  onDone: (outcome: Outcome) => void;
}

/** Says who needs it before it is gone. */
export function RemoveSecret({ secret: { name, use }, onClosed, onDone }: RemoveSecretProps) {
  const router = useRouter();
  const servers = use.servers.join(", ");
  const follows = use.isOwn
    ? `Somebody has to sign in at ${servers} again before its tools can be called.`
    : servers
      ? `${servers} ${use.servers.length === 1 ? "uses" : "use"} it and will not start without it.`
      : use.purpose
        ? `It is used for ${use.purpose}.`
        : "No server names it.";
  return (
    <RemovalDialog
      title="Remove this secret?"
      button="Remove it"
      remove={() => removeSecret(name)}
      onClosed={onClosed}
      onDone={(outcome, dismiss) => {
        onDone(outcome);
        dismiss();
        router.refresh();
      }}
    >
      <p className="text-ink-2 mt-2">
        <span className="font-mono text-mono wrap-anywhere">{name}</span>. {follows} Nobody can bring the value back;
        backups of the database hold it, encrypted.
      </p>
    </RemovalDialog>
  );
}
