"use client";

import Link from "next/link";
import { type ReactNode, useState } from "react";
import { operate } from "@/app/operate";
import { refreshPage } from "@/components/refresh/refresh-page";
import { buttonLook } from "@/components/ui/button-look";
import { useAction } from "@/components/ui/hooks/use-action";
import { Modal } from "@/components/ui/modal";
import { Refusal } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import { ExportButton } from "../files/export-button";
import type { EntryStart } from "../kinds/choices";
import { KINDS } from "../kinds/kinds";
import { EntryProposals } from "./entry-proposals";
import { EntryTrial } from "./entry-trials";
import { Versions } from "./versions";

interface EntryAsideProps {
  start: EntryStart;
  isDirty: boolean;
  onDone: (sentence: string) => void;
  children: ReactNode;
}

/** The side column: proposals by agents, a test run, and the versions. */
export function EntryAside({ start, isDirty, onDone, children }: EntryAsideProps) {
  const { kind, name, entry, may } = start;
  if (!name) return <aside aria-label="About" />;
  return (
    <aside className="min-w-0" aria-label="Proposals and versions">
      <EntryProposals start={start} />
      <EntryTrial trials={start.trials} />
      {children}
      <Versions start={start} isDirty={isDirty} onDone={onDone} />
      {entry ? (
        <div className="flex flex-wrap items-center gap-2 mt-4">
          <ExportButton kind={kind} name={name} />
          {may.edit ? (
            <>
              <Link className={buttonLook()} href={`/${KINDS[kind].unit}?new=1&copy=${encodeURIComponent(name)}`}>
                Copy as new
              </Link>
              <RemoveButton start={start} />
            </>
          ) : null}
        </div>
      ) : null}
    </aside>
  );
}

function RemoveButton({ start: { kind, name } }: { start: EntryStart }) {
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Button look="danger" onClick={() => setAsking(true)}>
        Remove…
      </Button>
      {isAsking ? (
        <Modal title={`Remove ${name}?`} onClosed={() => setAsking(false)}>
          {(dismiss) => <Removal kind={kind} name={name} dismiss={dismiss} />}
        </Modal>
      ) : null}
    </>
  );
}

function Removal({ kind, name, dismiss }: Pick<EntryStart, "kind" | "name"> & { dismiss: () => void }) {
  const { pending, outcome, run } = useAction();
  const remove = () =>
    run(
      () => operate("removeEntry", { kind, name }),
      (result) => result.ok && refreshPage(),
    );
  return (
    <div className="stack mt-2">
      <p>New tasks cannot use it. Running tasks keep it. Its versions stay here, and you can restore them.</p>
      <Refusal outcome={outcome} />
      <div className="flex flex-wrap items-center gap-2 justify-end">
        <Button onClick={dismiss}>Cancel</Button>
        <Button look="danger" disabled={pending} onClick={remove}>
          Remove {KINDS[kind].one}
        </Button>
      </div>
    </div>
  );
}
