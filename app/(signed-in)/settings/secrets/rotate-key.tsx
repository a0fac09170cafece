"use client";

import { useState } from "react";
import { operate } from "@/app/operate";
import { useAction } from "@/components/ui/hooks/use-action";
import { Modal } from "@/components/ui/modal";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Section } from "@/components/ui/page/section";
import { Button } from "@/components/ui/parts";
import { plural } from "@/core/words/figures";

/** Rotates the key that encrypts all secrets. */
export function RotateKey({ count }: { count: number }) {
  const [isAsking, setAsking] = useState(false);
  const { pending, outcome, run } = useAction();
  return (
    <Section
      id="key"
      title="Encryption key"
      end={
        <Button disabled={pending || count === 0} onClick={() => setAsking(true)}>
          Rotate key…
        </Button>
      }
    >
      <p className="text-ink-2 mt-2">
        Banyan encrypts secrets with a key that it keeps in a file outside the database. Rotate the key if somebody may
        have seen that file.
      </p>
      <OutcomeLine outcome={outcome} />
      {isAsking ? (
        <Modal title="Rotate the encryption key?" onClosed={() => setAsking(false)}>
          {(dismiss) => (
            <>
              <p className="text-ink-2 mt-2">
                Banyan encrypts {plural(count, "secret")} with a new key and deletes the old keys. Secrets in older
                backups become unreadable. Tasks keep running.
              </p>
              <div className="flex flex-wrap items-center gap-2 mt-4 justify-end">
                <Button onClick={dismiss}>Cancel</Button>
                <Button
                  look="danger"
                  onClick={() => {
                    dismiss();
                    run(() => operate("rotateSecrets", {}));
                  }}
                >
                  Rotate key
                </Button>
              </div>
            </>
          )}
        </Modal>
      ) : null}
    </Section>
  );
}
