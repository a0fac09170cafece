"use client";

import { useState } from "react";
import type { ImportedServer } from "@/agents/application";
import { sendJson } from "@/components/http/send-json";
import { refreshPage } from "@/components/refresh/refresh-page";
import { buttonLook } from "@/components/ui/button-look";
import { Card } from "@/components/ui/page/card";
import { Button, Say } from "@/components/ui/parts";
import { entryOfFields, type FieldName, fieldsOfEntry } from "../server-fields";
import { ServerForm } from "../server-form";
import { useLongCall } from "../use-long-call";
import { useServerFields } from "../use-server-fields";
import { WaitingLine } from "../waiting-line";

interface EditServerProps {
  name: string;
  /** The current version. */
  version: number;
  entry: Record<string, unknown>;
  onClose: () => void;
}

interface Changed {
  sentence: string;
  server: ImportedServer;
  problems: string[];
}

/**
 * Edits the configuration of a server. Saving starts the server once; if it does not answer, it is switched off and
 * shows why.
 */
export function EditServer({ name, version, entry, onClose }: EditServerProps) {
  const { fields, change, forget } = useServerFields(`server/${name}/${version}`, fieldsOfEntry(name, entry));
  const [fieldProblem, setFieldProblem] = useState<{ field: FieldName; sentence: string } | null>(null);
  const [baseVersion, setBaseVersion] = useState(version);
  const [changed, setChanged] = useState<Changed | null>(null);
  const { since, problem, run, giveUp } = useLongCall();

  async function save(over: number): Promise<void> {
    const made = entryOfFields(fields);
    setFieldProblem(made.ok ? null : made);
    if (!made.ok) return;
    const headers = { "if-match": `"${over}"` };
    const body = { server: made.entry };
    const done = await run((signal) =>
      sendJson<Changed>("PUT", `tools/${encodeURIComponent(name)}`, body, { signal, headers }),
    );
    refreshPage();
    if (!done) return;
    forget();
    setBaseVersion(over + 1);
    setChanged(done);
    if (done.server.problem === null && done.problems.length === 0) onClose();
  }

  function cancel(): void {
    forget();
    onClose();
  }
  return (
    <Card as="section" className="mt-4" aria-labelledby="edit-server">
      <h2 id="edit-server">Edit {name}</h2>
      <ServerForm fields={fields} change={change} problem={fieldProblem} isNew={false} />
      <div className="stack mt-4">
        {version > baseVersion && !since ? (
          <VersionConflict
            name={name}
            version={version}
            saveMine={() => {
              setBaseVersion(version);
              void save(version);
            }}
            takeTheirs={() => {
              forget();
              setBaseVersion(version);
              change(fieldsOfEntry(name, entry));
            }}
          />
        ) : problem ? (
          <Say look="bad" role="alert">
            {problem}
          </Say>
        ) : null}
        {changed ? <SavedProblems changed={changed} /> : null}
        {since ? (
          <WaitingLine what={`Starting ${name}.`} since={since} giveUp={giveUp} />
        ) : (
          <div className="flex flex-wrap items-center gap-2">
            <Button look="primary" onClick={() => void save(baseVersion)}>
              Save and start
            </Button>
            <Button look="quiet" onClick={cancel}>
              Cancel
            </Button>
          </div>
        )}
      </div>
    </Card>
  );
}

/** The problems after a change was saved. */
function SavedProblems({ changed: { server, problems } }: { changed: Changed }) {
  return (
    <>
      {server.problem ? (
        <Say look="bad" role="alert">
          Saved, but the server does not answer: {server.problem}
        </Say>
      ) : null}
      {problems.map((sentence) => (
        <Say key={sentence}>{sentence}</Say>
      ))}
    </>
  );
}

interface VersionConflictProps {
  name: string;
  version: number;
  saveMine: () => void;
  takeTheirs: () => void;
}

/** Shown when somebody else saved a newer version in the meantime. */
function VersionConflict({ name, version, saveMine, takeTheirs }: VersionConflictProps) {
  return (
    <Say look="bad" role="alert">
      <p>
        Somebody else changed {name} while you edited it. Version {version} is current now. Your changes are not saved,
        but they are still in this form.
      </p>
      <p className="mt-2 flex flex-wrap items-center gap-2">
        <a className={buttonLook()} href={`?version=${version}`} target="_blank" rel="noreferrer">
          View their changes
        </a>
        <Button onClick={saveMine}>Overwrite with mine</Button>
        <Button onClick={takeTheirs}>Discard mine</Button>
      </p>
    </Say>
  );
}
