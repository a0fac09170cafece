"use client";

import { useState } from "react";
import { useAction } from "@/components/ui/hooks/use-action";
import { Modal } from "@/components/ui/modal";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Section } from "@/components/ui/page/section";
import { Button } from "@/components/ui/parts";
import { plural } from "@/core/words/figures";
import { rotateSecrets } from "./actions";

/** The key that encrypts all secrets, which lies in a file outside the database. */
export function RotateKey({ count }: { count: number }) {
  const [isAsking, setAsking] = useState(false);
  const { pending, outcome, run } = useAction();
  return (
    <Section
      id="key"
      title="The key"
      end={
        <Button disabled={pending || count === 0} onClick={() => setAsking(true)}>
          Rotate the key…
        </Button>
      }
    >
      <p className="text-ink-2 mt-2">
        Secrets are encrypted with a key that lies outside the database. A new one is worth making when somebody may
        have seen the file of keys.
      </p>
      <OutcomeLine outcome={outcome} />
      {isAsking ? (
        <Modal title="Rotate the key?" onClosed={() => setAsking(false)}>
          {(dismiss) => (
            <>
              <p className="text-ink-2 mt-2">
                {plural(count, "secret")} are encrypted with a new key, and the old keys are dropped: secrets in older
                backups cannot be read any more. Tasks go on.
              </p>
              <div className="flex flex-wrap items-center gap-2 mt-4 justify-end">
                <Button onClick={dismiss}>Keep the key</Button>
                <Button
                  look="danger"
                  onClick={() => {
                    dismiss();
                    run(() => rotateSecrets());
                  }}
                >
                  Rotate it
                </Button>
              </div>
            </>
          )}
        </Modal>
      ) : null}
    </Section>
  );
}
