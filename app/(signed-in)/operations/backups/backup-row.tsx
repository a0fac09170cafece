"use client";

import { useState } from "react";
import { operate } from "@/app/operate";
import { buttonLook } from "@/components/ui/button-look";
import { useAction } from "@/components/ui/hooks/use-action";
import { Icon } from "@/components/ui/icon";
import { Modal } from "@/components/ui/modal";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button, Separator } from "@/components/ui/parts";
import { Clock } from "@/components/ui/time";
import type { Backup } from "@/core/shapes/operations";
import { bytes } from "@/core/words/figures";

interface BackupRowProps {
  backup: Backup;
  again: () => Promise<void>;
}

export function BackupRow({ backup: { name, size_bytes, created_at, kind }, again }: BackupRowProps) {
  const [isAsking, setAsking] = useState(false);
  const { pending, outcome, run } = useAction();
  return (
    <li className="flex items-center gap-2 py-2 phone:flex-wrap" data-backup={name}>
      <div className="min-w-0 flex-auto phone:basis-full">
        <span className="font-mono text-mono wrap-anywhere">{name}</span>
        <span className="text-small text-ink-2 block">
          {bytes(size_bytes)}
          <Separator />
          <Clock at={created_at} />
          {kind === "backup" ? null : (
            <>
              <Separator />
              {kind === "scheduled" ? "scheduled" : "replaced by a restore"}
            </>
          )}
        </span>
        <OutcomeLine outcome={outcome?.ok === false ? outcome : null} />
      </div>
      <a className={buttonLook()} href={`/downloads/backups/${encodeURIComponent(name)}`} download={name}>
        <Icon name="download" />
        Download<span className="sr-only"> {name}</span>
      </a>
      <Button look="danger" onClick={() => setAsking(true)}>
        Delete<span className="sr-only"> {name}</span>
      </Button>
      {isAsking ? (
        <Modal title="Delete this backup?" onClosed={() => setAsking(false)}>
          {(dismiss) => (
            <>
              <p className="mt-2 wrap-anywhere">
                {name}, {bytes(size_bytes)}. You can no longer restore from it. The database itself does not change.
              </p>
              <div className="flex flex-wrap items-center gap-2 mt-4 justify-end">
                <Button onClick={dismiss}>Cancel</Button>
                <Button
                  look="danger"
                  aria-disabled={pending}
                  onClick={() =>
                    pending ||
                    run(
                      () => operate("deleteBackup", { id: name }),
                      () => {
                        dismiss();
                        void again();
                      },
                    )
                  }
                >
                  Delete backup
                </Button>
              </div>
            </>
          )}
        </Modal>
      ) : null}
    </li>
  );
}
