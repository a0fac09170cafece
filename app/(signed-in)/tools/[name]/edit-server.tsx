"use client";

import { buttonLook } from "@/components/ui/button-look";
import { Hint } from "@/components/ui/hint";
import { Card } from "@/components/ui/page/card";
import { Button, Say } from "@/components/ui/parts";
import { fieldsOfEntry, fieldsOfFile, fileOfFields, type ServerFields } from "../server-fields";
import { ServerFindings } from "../server-findings";
import { ServerForm } from "../server-form";
import { useServerFields } from "../use-server-fields";
import { useServerPreview } from "../use-server-preview";
import { WaitingLine } from "../waiting-line";
import { type Changed, type Conflict, useSave } from "./use-save";

interface EditServerProps {
  name: string;
  /** The current version. */
  version: number;
  entry: Record<string, unknown>;
  onClose: () => void;
}

/**
 * Edits the configuration of a server. What will not work is said first, then saving starts the server once; if it does
 * not answer, it is switched off and shows why.
 */
export function EditServer(props: EditServerProps) {
  const { name, version, entry, onClose } = props;
  const { fields, change, forget, isRestored } = useServerFields(
    `server/${name}/${version}`,
    fieldsOfEntry(name, entry),
  );
  const { call, form, changed, conflict, landed, save, stop, rebase } = useSave(props, fields, forget);
  const { since, problem } = call;
  const { look, isReading, read, mend, forget: forgetPreview } = useServerPreview(name);
  const findings = look?.ok ? look.preview.servers.flatMap((server) => server.findings) : [];

  function edit(some: Partial<ServerFields>): void {
    forgetPreview();
    change(some);
  }
  /** Saves what has no finding, or whose findings are on the page already. */
  async function check(): Promise<void> {
    const file = fileOfFields(fields);
    if (typeof file === "string" && findings.length === 0) {
      const seen = await read(file);
      if (seen === null || (seen.ok && seen.preview.servers.some((server) => server.findings.length > 0))) return;
    }
    void save();
  }
  function cancel(): void {
    forget();
    onClose();
  }
  return (
    <Card as="section" className="mt-4" aria-labelledby="edit-server">
      <h2 id="edit-server">Edit {name}</h2>
      {isRestored ? (
        <Hint>Your draft was restored, without values that you typed and that may be keys: type them again.</Hint>
      ) : null}
      <fieldset {...form.props} disabled={since !== null}>
        <ServerForm fields={fields} change={edit} form={form} isNew={false} />
      </fieldset>
      <div className="stack mt-4">
        {conflict ? (
          <VersionConflict
            name={name}
            version={version}
            conflict={conflict}
            saveMine={() => {
              rebase();
              void save(version);
            }}
            takeTheirs={() => {
              forget();
              rebase();
              edit(fieldsOfEntry(name, entry));
            }}
          />
        ) : problem ? (
          <Say look="bad" role="alert">
            {problem}
          </Say>
        ) : landed && !changed ? (
          <Say look="good" role="status">
            Version {landed} is current now, with what you saved before you stopped waiting.
          </Say>
        ) : null}
        {changed ? <SavedProblems changed={changed} /> : null}
        <div aria-live="polite">
          <ServerFindings
            findings={findings}
            mend={(id) => void mend(id, (text) => change(fieldsOfFile(name, text)))}
            isLocked={since !== null}
          />
        </div>
        {since ? (
          <WaitingLine what={`Starting ${name}.`} since={since} giveUp={stop} />
        ) : (
          <div className="flex flex-wrap items-center gap-2">
            <Button look="primary" disabled={isReading} onClick={() => void check()}>
              {findings.length > 0 ? "Save and start anyway" : "Save and start"}
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
  conflict: Conflict;
  saveMine: () => void;
  takeTheirs: () => void;
}

/** Shown when a newer version was saved in the meantime. */
function VersionConflict({ name, version, conflict, saveMine, takeTheirs }: VersionConflictProps) {
  return (
    <Say look="bad" role="alert">
      <p>
        {conflict === "theirs"
          ? `Somebody else changed ${name} while you edited it. Version ${version} is current now. Your changes are not saved, but they are still in this form.`
          : `${name} has changed while you edited it, perhaps by the save that you stopped waiting for. Version ${version} is current now. This form still holds your changes.`}
      </p>
      <p className="mt-2 flex flex-wrap items-center gap-2">
        <a className={buttonLook()} href={`?version=${version}`} target="_blank" rel="noreferrer">
          {conflict === "theirs" ? "View their changes" : "View the changes"}
        </a>
        <Button onClick={saveMine}>Overwrite with mine</Button>
        <Button onClick={takeTheirs}>Discard mine</Button>
      </p>
    </Say>
  );
}
