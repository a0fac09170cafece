"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import type { ImportedServer } from "@/agents/application";
import { sendJson } from "@/components/http/send-json";
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
  /** In effect now. */
  version: number;
  entry: Record<string, unknown>;
  onClose: () => void;
}

interface Changed {
  sentence: string;
  server: ImportedServer;
  problems: string[];
}

/** Another configuration for a server; it is started once with it, and stays switched off with the reason when it does not answer. */
export function EditServer({ name, version, entry, onClose }: EditServerProps) {
  const router = useRouter();
  const { fields, change, forget } = useServerFields(`server/${name}/${version}`, fieldsOfEntry(name, entry));
  const [wrong, setWrong] = useState<{ field: FieldName; sentence: string } | null>(null);
  const [looked, setLooked] = useState(version);
  const [changed, setChanged] = useState<Changed | null>(null);
  const { since, problem, run, giveUp } = useLongCall();

  async function save(over: number): Promise<void> {
    const made = entryOfFields(fields);
    setWrong(made.ok ? null : made);
    if (!made.ok) return;
    const headers = { "if-match": `"${over}"` };
    const body = { server: made.entry };
    const done = await run((signal) =>
      sendJson<Changed>("PUT", `tools/${encodeURIComponent(name)}`, body, { signal, headers }),
    );
    router.refresh();
    if (!done) return;
    forget();
    setLooked(over + 1);
    setChanged(done);
    if (done.server.problem === null && done.problems.length === 0) onClose();
  }

  function cancel(): void {
    forget();
    onClose();
  }
  return (
    <Card as="section" className="mt-4" aria-labelledby="edit-server">
      <h2 id="edit-server">Change {name}</h2>
      <ServerForm fields={fields} change={change} problem={wrong} isNew={false} />
      <div className="stack mt-4">
        {version > looked && !since ? (
          <Overtaken
            name={name}
            version={version}
            saveMine={() => {
              setLooked(version);
              void save(version);
            }}
            takeTheirs={() => {
              forget();
              setLooked(version);
              change(fieldsOfEntry(name, entry));
            }}
          />
        ) : problem ? (
          <Say look="bad" role="alert">
            {problem}
          </Say>
        ) : null}
        {changed ? <Followed changed={changed} /> : null}
        {since ? (
          <WaitingLine what={`Starting ${name} as it is now.`} since={since} giveUp={giveUp} />
        ) : (
          <div className="flex flex-wrap items-center gap-2">
            <Button look="primary" onClick={() => void save(looked)}>
              Save and start it
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

/** What came of a change that is stored. */
function Followed({ changed: { server, problems } }: { changed: Changed }) {
  return (
    <>
      {server.problem ? (
        <Say look="bad" role="alert">
          It is changed, but does not answer: {server.problem}
        </Say>
      ) : null}
      {problems.map((sentence) => (
        <Say key={sentence}>{sentence}</Say>
      ))}
    </>
  );
}

interface OvertakenProps {
  name: string;
  version: number;
  saveMine: () => void;
  takeTheirs: () => void;
}

/** Somebody else was quicker. */
function Overtaken({ name, version, saveMine, takeTheirs }: OvertakenProps) {
  return (
    <Say look="bad" role="alert">
      <p>
        Somebody changed {name} while you did: version {version} is in effect now. Nothing of yours is saved, and it all
        stands here still.
      </p>
      <p className="mt-2 flex flex-wrap items-center gap-2">
        <a className={buttonLook()} href={`?version=${version}`} target="_blank" rel="noreferrer">
          See what they changed
        </a>
        <Button onClick={saveMine}>Save mine over it</Button>
        <Button onClick={takeTheirs}>Take theirs</Button>
      </p>
    </Say>
  );
}
