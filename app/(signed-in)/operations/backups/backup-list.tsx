"use client";

import { useState } from "react";
import { startBackup } from "@/app/actions/operations";
import { usePolled } from "@/components/http/use-polled";
import { CommandLine } from "@/components/ui/command-line";
import { useAction } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Section } from "@/components/ui/page/section";
import { Bar, Button, Say } from "@/components/ui/parts";
import { Clock } from "@/components/ui/time";
import type { Backups } from "@/core/shapes/operations";
import { bytes } from "@/core/words/figures";
import { BackupRow } from "./backup-row";
import { BucketSection } from "./bucket-section";
import { ScheduleForm } from "./schedule-form";

const POLL_MS = 15_000;
/** While a backup is being made. */
const QUICK_POLL_MS = 1_000;

/** The backups: make, download and delete them, and how to restore one of them. */
export function BackupList({ start }: { start: Backups }) {
  const [isBusy, setBusy] = useState(start.running !== null);
  const { value: backups, again } = usePolled("backups", start, isBusy ? QUICK_POLL_MS : POLL_MS);
  const { pending, outcome, run } = useAction();
  if (isBusy !== (backups.running !== null)) setBusy(backups.running !== null);
  return (
    <>
      <Section id="backups" title="Backups" beside={backups.items.length || null}>
        <p className="text-ink-2 py-2">
          A backup is a full snapshot of the database. Agents keep running while Banyan makes it, and Banyan reads it
          back as a test. Secrets stay encrypted, and the key is not included. Backups are stored in{" "}
          <code>{backups.folder}</code>.
        </p>
        <div className="flex flex-wrap items-center gap-2">
          <Button
            look="primary"
            aria-disabled={pending || isBusy}
            onClick={() => pending || isBusy || run(startBackup, () => void again())}
          >
            Back up now
          </Button>
        </div>
        <div role="status" className="mt-2">
          <BackupProgress backups={backups} />
          <OutcomeLine outcome={outcome?.ok === false ? outcome : null} />
        </div>
        {backups.items.length === 0 ? (
          <p className="text-ink-2 py-2">No backups yet.</p>
        ) : (
          <ul className="*:border-b *:border-line mt-2">
            {backups.items.map((backup) => (
              <BackupRow key={backup.name} backup={backup} again={again} />
            ))}
          </ul>
        )}
      </Section>
      <ScheduleForm backups={backups} again={again} />
      <BucketSection bucket={backups.bucket} again={again} />
      <RestoreHelp folder={backups.folder} name={newestOf(backups) ?? "NAME"} />
    </>
  );
}

/** Returns the name of the newest backup; the database that a restore replaced is none. */
function newestOf({ items }: Backups): string | undefined {
  return items.find(({ kind }) => kind !== "replaced")?.name;
}

/** The progress of the backup, then its result. */
function BackupProgress({ backups: { running, last, database_bytes } }: { backups: Backups }) {
  if (running) {
    const part = Math.min(1, running.written_bytes / Math.max(1, database_bytes));
    return (
      <Say look="live">
        {running.step === "checking"
          ? "Backup written. Reading it back…"
          : `${bytes(running.written_bytes)} of about ${bytes(database_bytes)} written.`}
        <Bar
          share={part}
          className="mt-2 block w-full"
          role="progressbar"
          aria-label="Backup"
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(part * 100)}
        />
      </Say>
    );
  }
  if (!last) return null;
  return (
    <Say look={last.ok ? "good" : "bad"}>
      <span className="wrap-anywhere">{last.sentence}</span> <Clock at={last.at} />
    </Say>
  );
}

function RestoreHelp({ folder, name }: { folder: string; name: string }) {
  return (
    <Section id="restore" title="Restore">
      <p className="text-ink-2 py-2">
        Stop the server, then run this command with the name of the backup. It checks the backup first, keeps the
        present database beside the backups as <code>replaced-…</code>, and says how to go back. At the next start,
        Banyan continues from the backup. With <code>--check</code> it only checks the file.
      </p>
      <CommandLine className="wrap-anywhere whitespace-pre-wrap">
        <code>
          npx banyan restore {folder}/{name}
        </code>
      </CommandLine>
    </Section>
  );
}
