"use client";

import { useState } from "react";
import type { Backup } from "@/agents/core/shapes-operations";
import { deleteBackup } from "@/app/actions/operations";
import { bytes } from "@/components/ui/format";
import { Icon } from "@/components/ui/icon";
import { Modal } from "@/components/ui/modal";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import { Clock } from "@/components/ui/time";
import { useAction } from "@/components/ui/use-action";

interface BackupRowProps {
  backup: Backup;
  again: () => Promise<void>;
}

export function BackupRow({ backup: { name, size_bytes, created_at, kind }, again }: BackupRowProps) {
  const [isAsking, setAsking] = useState(false);
  const { pending, outcome, run } = useAction();
  return (
    <li className="backup" data-backup={name}>
      <div className="min-w-0 grow">
        <span className="mono wrapany">{name}</span>
        <span className="small dim block">
          {bytes(size_bytes)}
          <span className="sep" />
          <Clock at={created_at} />
          {kind === "replaced" ? (
            <>
              <span className="sep" />
              put aside by a restore
            </>
          ) : null}
        </span>
        <OutcomeLine outcome={outcome?.ok === false ? outcome : null} />
      </div>
      <a className="btn" href={`/downloads/backups/${encodeURIComponent(name)}`} download={name}>
        <Icon name="download" />
        Download<span className="sr"> {name}</span>
      </a>
      <Button look="danger" onClick={() => setAsking(true)}>
        Delete<span className="sr"> {name}</span>
      </Button>
      {isAsking ? (
        <Modal title="Delete this backup?" onClosed={() => setAsking(false)}>
          {(dismiss) => (
            <>
              <p className="mt-2 wrapany">
                {name}, {bytes(size_bytes)}. Nothing can be put back from it afterwards; the database itself is not
                touched.
              </p>
              <div className="acts mt-4 justify-end">
                <Button onClick={dismiss}>Keep it</Button>
                <Button
                  look="danger"
                  aria-disabled={pending}
                  onClick={() =>
                    pending ||
                    run(
                      () => deleteBackup(name),
                      () => {
                        dismiss();
                        void again();
                      },
                    )
                  }
                >
                  Delete the backup
                </Button>
              </div>
            </>
          )}
        </Modal>
      ) : null}
    </li>
  );
}
