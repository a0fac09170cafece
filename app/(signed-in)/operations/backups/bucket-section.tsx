"use client";

import { startCopy } from "@/app/actions/operations";
import { CommandLine } from "@/components/ui/command-line";
import { useAction } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Section } from "@/components/ui/page/section";
import { Button, Say } from "@/components/ui/parts";
import { Clock } from "@/components/ui/time";
import type { BackupBucket, Backups } from "@/core/shapes/operations";
import { bytes, plural } from "@/core/words/figures";

/** Where encrypted copies of the backups are, and when one of them was last proven by a test restore. */
export function BucketSection({ bucket, again }: { bucket: Backups["bucket"]; again: () => Promise<void> }) {
  return (
    <Section id="bucket" title="Off this machine">
      {bucket === null ? (
        <p className="text-ink-2 py-2">
          Backups stay on this machine, and its disk can fail. To copy each of them, encrypted, to a bucket of a storage
          that speaks S3, set <code>BANYAN_BACKUP_S3_URL</code>, its access key and <code>BANYAN_BACKUP_KEY</code>, and
          restart the server. Or copy the folder of backups to another machine yourself.
        </p>
      ) : (
        <Copies bucket={bucket} again={again} />
      )}
    </Section>
  );
}

function Copies({ bucket, again }: { bucket: BackupBucket; again: () => Promise<void> }) {
  const { address, copy, proof, failure, is_busy: isBusy } = bucket;
  const { pending, outcome, run } = useAction();
  return (
    <>
      <p className="text-ink-2 py-2">
        Banyan copies each backup to <code className="wrap-anywhere">{address}</code>, encrypted with the key in{" "}
        <code>BANYAN_BACKUP_KEY</code>. Then it fetches the copy, decrypts it and restores it into an empty folder. Keep
        the key in another place than this machine: without it nobody can open these backups.
      </p>
      <dl className="grid grid-cols-[max-content_1fr] gap-x-4 gap-y-1 phone:grid-cols-1">
        <dt className="text-ink-2">Last copy</dt>
        <dd>
          {copy === null ? (
            "None yet."
          ) : (
            <>
              <span className="font-mono text-mono wrap-anywhere">{copy.name}</span>, {bytes(copy.size_bytes)},{" "}
              <Clock at={copy.at} />
            </>
          )}
        </dd>
        <dt className="text-ink-2">Last test restore</dt>
        <dd>
          {proof === null ? (
            "None yet."
          ) : (
            <>
              {plural(proof.trees, "tree")} and {plural(proof.messages, "message")}, <Clock at={proof.at} />
            </>
          )}
        </dd>
      </dl>
      <div className="flex flex-wrap items-center gap-2 mt-2">
        <Button
          aria-disabled={pending || isBusy}
          onClick={() => pending || isBusy || run(startCopy, () => void again())}
        >
          Copy and test now
        </Button>
      </div>
      <div role="status" className="mt-2">
        {isBusy ? <Say look="live">A copy or its test restore is in progress…</Say> : null}
        {failure !== null && !isBusy ? (
          <Say look="bad">
            <span className="wrap-anywhere">{failure.sentence}</span> <Clock at={failure.at} />
          </Say>
        ) : null}
        <OutcomeLine outcome={outcome?.ok === false ? outcome : null} />
      </div>
      <p className="text-ink-2 py-2">To restore the newest copy, with the server stopped:</p>
      <CommandLine className="wrap-anywhere whitespace-pre-wrap">
        <code>npx banyan restore newest --from-bucket</code>
      </CommandLine>
    </>
  );
}
