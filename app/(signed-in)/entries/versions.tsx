"use client";

import Link from "next/link";
import { usePathname, useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import type { EntryVersion } from "@/agents/core/shapes-configuration";
import { restoreVersion } from "@/app/actions/entries";
import { TextDiff } from "@/components/diff/text-diff";
import { Modal } from "@/components/ui/modal";
import { Refusal } from "@/components/ui/outcome-line";
import { Badge, Button } from "@/components/ui/parts";
import { Clock } from "@/components/ui/time";
import { useAction } from "@/components/ui/use-action";
import type { EntryStart } from "./choices";
import { entryText } from "./entry-text";

interface VersionsProps {
  start: EntryStart;
  isDirty: boolean;
  onDone: (sentence: string) => void;
}

const SHOWN = 8;
const ORIGIN: Partial<Record<EntryVersion["origin"], string>> = { seed: "Seed", proposal: "Proposal" };

/** Who changed what, when and why; any two can be compared, and each can be made live again. */
export function Versions({ start, isDirty, onDone }: VersionsProps) {
  const { versions, compared, kind, may } = start;
  const [isAll, setAll] = useState(false);
  const [restoring, setRestoring] = useState<EntryVersion | null>(null);
  const path = usePathname();
  if (versions.length === 0) return null;
  const shown = isAll ? versions : versions.slice(0, SHOWN);
  return (
    <section className="card" aria-labelledby="versions">
      <h2 id="versions">Versions</h2>
      <ul className="vers">
        {shown.map((one) => (
          <li key={one.version} aria-current={one.live ? "true" : undefined} data-version={one.version}>
            <span className="mono faint">v{one.version}</span>
            <span className="min-w-0">
              <Link
                className="block wrapany"
                href={`${path}?from=${one.version - 1}&to=${one.version}`}
                scroll={false}
                title="What it changed"
              >
                {one.why || "No reason was given"}
              </Link>
              <span className="small dim">
                {ORIGIN[one.origin] ? <Badge>{ORIGIN[one.origin]}</Badge> : null} {one.by},{" "}
                <Clock at={one.created_at} />
              </span>
            </span>
            {one.live ? (
              <span className="small dim">In effect</span>
            ) : may.edit ? (
              <button type="button" className="link small" onClick={() => setRestoring(one)}>
                Restore<span className="sr"> version {one.version}</span>
              </button>
            ) : (
              <span />
            )}
          </li>
        ))}
      </ul>
      {versions.length > shown.length ? (
        <button type="button" className="link small" onClick={() => setAll(true)}>
          Show all {versions.length}
        </button>
      ) : null}
      {versions.length > 1 && compared ? <Compared start={start} /> : null}
      {compared ? (
        <TextDiff
          name={
            compared.from
              ? `version ${compared.from.version} → ${compared.to.version}`
              : `version ${compared.to.version}`
          }
          before={compared.from ? entryText(kind, compared.from.fields) : ""}
          after={entryText(kind, compared.to.fields)}
        />
      ) : null}
      {restoring ? (
        <Modal title={`Restore version ${restoring.version}?`} onClosed={() => setRestoring(null)}>
          {(dismiss) => <RestoreForm start={start} version={restoring.version} {...{ isDirty, onDone, dismiss }} />}
        </Modal>
      ) : null}
    </section>
  );
}

/** Which two are compared stands in the address. */
function Compared({ start: { versions, compared } }: { start: EntryStart }) {
  const router = useRouter();
  const path = usePathname();
  const [from, to] = [compared?.from?.version ?? 0, compared?.to.version ?? 0];
  const show = (one: number, other: number) => router.replace(`${path}?from=${one}&to=${other}`, { scroll: false });
  const options = versions.map(({ version }) => (
    <option key={version} value={version}>
      v{version}
    </option>
  ));
  return (
    <div className="flex wrap compareline">
      <span>Compare</span>
      <select aria-label="Compare from version" value={from} onChange={(event) => show(Number(event.target.value), to)}>
        <option value={0}>nothing</option>
        {options}
      </select>
      <span>with</span>
      <select aria-label="Compare with version" value={to} onChange={(event) => show(from, Number(event.target.value))}>
        {options}
      </select>
    </div>
  );
}

interface RestoreFormProps extends VersionsProps {
  version: number;
  dismiss: () => void;
}

function RestoreForm({ start: { kind, name }, version, isDirty, onDone, dismiss }: RestoreFormProps) {
  const router = useRouter();
  const [why, setWhy] = useState("");
  const { pending, outcome, run } = useAction();
  function send(event: FormEvent): void {
    event.preventDefault();
    run(
      () => restoreVersion(kind, name, version, why),
      (result) => {
        if (!result.ok) return;
        onDone(result.sentence);
        router.replace(window.location.pathname, { scroll: false });
        router.refresh();
        dismiss();
      },
    );
  }
  return (
    <form className="stack mt-2" onSubmit={send}>
      <p>
        What it says becomes a new version, for tasks that begin from now on. Nothing is taken away.
        {isDirty ? " What you have not saved is kept, and shown beside it." : ""}
      </p>
      <label className="f">
        <span>Why, if it is not plain</span>
        <input type="text" value={why} maxLength={400} onChange={(event) => setWhy(event.target.value)} />
      </label>
      <Refusal outcome={outcome} />
      <div className="acts justify-end">
        <Button onClick={dismiss}>Leave it as it is</Button>
        <Button type="submit" look="primary" disabled={pending}>
          Restore version {version}
        </Button>
      </div>
    </form>
  );
}
