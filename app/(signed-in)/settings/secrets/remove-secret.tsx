"use client";

import { useRouter } from "next/navigation";
import { Modal } from "@/components/ui/modal";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import { type Outcome, useAction } from "@/components/ui/use-action";
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
  const { pending, outcome, run } = useAction();
  const servers = use.servers.join(", ");
  const follows = use.isOwn
    ? `Somebody has to sign in at ${servers} again before its tools can be called.`
    : servers
      ? `${servers} ${use.servers.length === 1 ? "uses" : "use"} it and will not start without it.`
      : use.purpose
        ? `It is used for ${use.purpose}.`
        : "No server names it.";
  return (
    <Modal title="Remove this secret?" onClosed={onClosed}>
      {(dismiss) => (
        <>
          <p className="dim mt-2">
            <span className="mono wrapany">{name}</span>. {follows} Nobody can bring the value back; backups of the
            database hold it, encrypted.
          </p>
          <OutcomeLine outcome={outcome?.ok === false ? outcome : null} />
          <div className="acts mt-4 justify-end">
            <Button onClick={dismiss}>Keep it</Button>
            <Button
              look="danger"
              disabled={pending}
              onClick={() =>
                run(
                  () => removeSecret(name),
                  (result) => {
                    if (!result.ok) return;
                    onDone(result);
                    dismiss();
                    router.refresh();
                  },
                )
              }
            >
              Remove it
            </Button>
          </div>
        </>
      )}
    </Modal>
  );
}
