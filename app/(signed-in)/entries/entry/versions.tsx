"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { type FormEvent, useState } from "react";
import { operate } from "@/app/operate";
import { ProseDiff } from "@/components/diff/prose-diff";
import { useGo } from "@/components/going/use-go";
import { refreshPage } from "@/components/refresh/refresh-page";
import { Field } from "@/components/ui/forms/field";
import { useForm } from "@/components/ui/forms/use-form";
import { Modal } from "@/components/ui/modal";
import { Refusal } from "@/components/ui/outcome-line";
import { Card } from "@/components/ui/page/card";
import { Badge, type BadgeLook, Button } from "@/components/ui/parts";
import { Clock } from "@/components/ui/time";
import { VersionRow } from "@/components/versions/version-row";
import type { EntryVersion } from "@/core/shapes/configuration";
import type { Trial } from "@/core/shapes/improving/trials";
import type { EntryStart } from "../kinds/choices";
import { entryText } from "../kinds/entry-text";

interface VersionsProps {
  start: EntryStart;
  isDirty: boolean;
  onDone: (sentence: string) => void;
}

const SHOWN = 8;
const ORIGIN: Partial<Record<EntryVersion["origin"], string>> = { seed: "Seed", proposal: "Proposal" };

/** The versions of an entry, with author, time and reason. People can compare and restore them. */
export function Versions({ start, isDirty, onDone }: VersionsProps) {
  const { versions, compared, kind, may, trials } = start;
  const [isAll, setAll] = useState(false);
  const [restoring, setRestoring] = useState<EntryVersion | null>(null);
  const path = usePathname();
  if (versions.length === 0) return null;
  const shown = isAll ? versions : versions.slice(0, SHOWN);
  return (
    <Card as="section" aria-labelledby="versions">
      <h2 id="versions">Versions</h2>
      <ul>
        {shown.map((version) => (
          <VersionRow
            key={version.version}
            version={version.version}
            isLive={version.live}
            beside={<Beside version={version} restore={may.edit ? () => setRestoring(version) : null} />}
          >
            <Link
              className="wrap-anywhere block hover:underline phone:leading-6"
              href={`${path}?from=${version.version - 1}&to=${version.version}`}
              scroll={false}
              title="Show what this version changed"
            >
              {version.why || "No reason given"}
            </Link>
            <span className="text-ink-2 text-small">
              {ORIGIN[version.origin] ? <Badge>{ORIGIN[version.origin]}</Badge> : null}{" "}
              <TrialBadge trial={trials.find((trial) => trial.candidate.version === version.version)} /> {version.by},{" "}
              <Clock at={version.created_at} />
            </span>
          </VersionRow>
        ))}
      </ul>
      {versions.length > shown.length ? (
        <button type="button" className="link text-small" onClick={() => setAll(true)}>
          Show all {versions.length}
        </button>
      ) : null}
      {versions.length > 1 && compared ? <Compared start={start} /> : null}
      {compared ? (
        <div className="mt-2">
          <ProseDiff
            isNarrow
            name={
              compared.from
                ? `version ${compared.from.version} → ${compared.to.version}`
                : `version ${compared.to.version}`
            }
            before={compared.from ? entryText(kind, compared.from.fields) : ""}
            after={entryText(kind, compared.to.fields)}
          />
        </div>
      ) : null}
      {restoring ? (
        <Modal title={`Restore version ${restoring.version}?`} onClosed={() => setRestoring(null)}>
          {(dismiss) => (
            <RestoreForm
              start={start}
              version={restoring.version}
              isDirty={isDirty}
              onDone={onDone}
              dismiss={dismiss}
            />
          )}
        </Modal>
      ) : null}
    </Card>
  );
}

/** Says how the trial of a version ended. */
function TrialBadge({ trial }: { trial: Trial | undefined }) {
  if (!trial) return null;
  if (trial.outcome === "unjudged") return <Badge>Unjudged</Badge>;
  const { look, word } = TRIAL_BADGES[trial.status];
  return <Badge look={look}>{word}</Badge>;
}

const TRIAL_BADGES: Record<Trial["status"], { look: BadgeLook; word: string }> = {
  replaying: { look: "live", word: "Replaying" },
  trial: { look: "live", word: "On trial" },
  permanent: { look: "good", word: "Trial passed" },
  bad: { look: "bad", word: "Taken back" },
  stale: { look: "plain", word: "Trial ended" },
};

function Beside({ version: { version, live }, restore }: { version: EntryVersion; restore: (() => void) | null }) {
  if (live) return <span className="text-ink-2 text-small">Current</span>;
  if (!restore) return <span />;
  return (
    <button type="button" className="link text-small" onClick={restore}>
      Restore<span className="sr-only"> version {version}</span>
    </button>
  );
}

/** Two selects for the versions to compare. The address holds the choice. */
function Compared({ start: { versions, compared } }: { start: EntryStart }) {
  const go = useGo();
  const path = usePathname();
  const [from, to] = [compared?.from?.version ?? 0, compared?.to.version ?? 0];
  const show = (older: number, newer: number) => go.replace(`${path}?from=${older}&to=${newer}`, { scroll: false });
  const options = versions.map(({ version }) => (
    <option key={version} value={version}>
      v{version}
    </option>
  ));
  return (
    <div className="mt-3 flex min-w-0 flex-wrap items-center gap-2">
      <span>Compare</span>
      <select
        className="w-auto"
        aria-label="Compare from version"
        value={from}
        onChange={(event) => show(Number(event.target.value), to)}
      >
        <option value={0}>empty</option>
        {options}
      </select>
      <span>with</span>
      <select
        className="w-auto"
        aria-label="Compare with version"
        value={to}
        onChange={(event) => show(from, Number(event.target.value))}
      >
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
  const go = useGo();
  const [why, setWhy] = useState("");
  const form = useForm();
  const { pending, run } = form;
  function send(event: FormEvent): void {
    event.preventDefault();
    run(
      () => operate("restoreVersion", { kind, name, version, why }),
      (result) => {
        if (!result.ok) return;
        onDone(result.sentence);
        go.after.replace(window.location.pathname, { scroll: false });
        refreshPage();
        dismiss();
      },
    );
  }
  return (
    <form {...form.props} className="stack mt-2" onSubmit={send}>
      <p>
        Its content becomes a new version, which new tasks use. All other versions stay.
        {isDirty ? " Your unsaved changes are kept as a draft." : ""}
      </p>
      <Field form={form} name="why" label="Why (optional)">
        <input
          {...form.register("why")}
          type="text"
          value={why}
          maxLength={400}
          onChange={(event) => setWhy(event.target.value)}
        />
      </Field>
      <Refusal outcome={form.rest} />
      <div className="flex flex-wrap items-center gap-2 justify-end">
        <Button onClick={dismiss}>Cancel</Button>
        <Button type="submit" look="primary" disabled={pending}>
          Restore version {version}
        </Button>
      </div>
    </form>
  );
}
