"use client";

import { useState } from "react";
import { type Verified, verifyAudit } from "@/app/actions/operations";
import { uniqueKeys } from "@/components/ui/hooks/unique-keys";
import { Button, Say } from "@/components/ui/parts";

const SHOWN_FAULTS = 20;

/** Checks every row against the hash chain and shows what was changed. */
export function VerifyAudit() {
  const [verdict, setVerdict] = useState<Verified | null>(null);
  const [isReading, setReading] = useState(false);
  async function verify(): Promise<void> {
    if (isReading) return;
    setReading(true);
    const failed = { ok: false, sentence: "The server did not answer. Nothing was checked.", faults: [] };
    setVerdict(await verifyAudit().catch(() => failed));
    setReading(false);
  }
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-2 py-2 phone:grid-cols-1">
      <p className="max-w-[72ch] text-ink-2">
        Each row contains the hash of the row before it, and the newest hash is stored outside the database. Verifying
        finds every row that was changed, inserted or deleted.
      </p>
      <div className="flex flex-wrap items-center gap-2">
        <Button aria-disabled={isReading} onClick={() => void verify()}>
          {isReading ? "Verifying…" : "Verify"}
        </Button>
      </div>
      <div
        role="status"
        className="not-empty:col-span-full"
        data-verdict={verdict ? (verdict.ok ? "ok" : "bad") : "none"}
      >
        {verdict ? (
          <Say look={verdict.ok ? "good" : "bad"}>
            <p className="wrap-anywhere">{verdict.sentence}</p>
            {verdict.faults.length > 0 ? <Faults sentences={verdict.faults} /> : null}
          </Say>
        ) : null}
      </div>
    </div>
  );
}

function Faults({ sentences }: { sentences: string[] }) {
  const shown = sentences.slice(0, SHOWN_FAULTS);
  const keys = uniqueKeys(shown);
  return (
    <ul>
      {shown.map((sentence, index) => (
        <li key={keys[index]}>{sentence}</li>
      ))}
      {sentences.length > SHOWN_FAULTS ? <li>And {sentences.length - SHOWN_FAULTS} more.</li> : null}
    </ul>
  );
}
