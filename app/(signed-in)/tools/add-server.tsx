"use client";

import { type ChangeEvent, useEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/parts";
import { EMPTY_FIELDS, entryOfFields, type FieldName } from "./server-fields";
import { ServerForm } from "./server-form";
import { ServerPreviewBox } from "./server-preview-box";
import { useServerFields } from "./use-server-fields";

const MOST_FILE_BYTES = 900_000;

/** From a form, or from a file as other programs write it; what would be added is shown before anything is stored or started. */
export function AddServer({ onClose }: { onClose: () => void }) {
  const [how, setHow] = useState<"form" | "file">("form");
  const { fields, change: changeFields, forget, isRestored } = useServerFields("server", EMPTY_FIELDS);
  const [file, setFile] = useState("");
  const [problem, setProblem] = useState<{ field: FieldName | "file"; sentence: string } | null>(null);
  const [text, setText] = useState<string | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);

  function look(): void {
    const made = textOf();
    setProblem(typeof made === "string" ? null : made);
    setText(typeof made === "string" ? made : null);
  }

  function textOf(): string | { field: FieldName | "file"; sentence: string } {
    if (how === "file")
      return file.trim() ? file : { field: "file", sentence: "Paste the text of a file, or choose one." };
    const made = entryOfFields(fields);
    return made.ok ? JSON.stringify({ mcpServers: { [fields.name.trim()]: made.entry } }) : made;
  }

  async function take(event: ChangeEvent<HTMLInputElement>): Promise<void> {
    const chosen = event.target.files?.[0];
    if (!chosen) return;
    const isLarge = chosen.size > MOST_FILE_BYTES;
    if (!isLarge) setFile(await chosen.text());
    setProblem(isLarge ? { field: "file", sentence: "The file is larger than 0.9 MB: no file of servers is." } : null);
    setText(null);
  }
  // What was looked at is what is added: another text is looked at anew.
  const change = (work: () => void) => {
    work();
    setText(null);
    setProblem(null);
  };
  function cancel(): void {
    forget();
    onClose();
  }
  const fieldProblem = problem && problem.field !== "file" ? { ...problem, field: problem.field } : null;

  return (
    <section className="card addserver" aria-labelledby="add-server">
      <div className="flex">
        <h2 id="add-server" tabIndex={-1} ref={heading}>
          Add a server
        </h2>
        <span className="grow" />
        <fieldset className="seg">
          <legend className="sr">From</legend>
          <button type="button" aria-pressed={how === "form"} onClick={() => change(() => setHow("form"))}>
            Form
          </button>
          <button type="button" aria-pressed={how === "file"} onClick={() => change(() => setHow("file"))}>
            File
          </button>
        </fieldset>
      </div>
      {isRestored && how === "form" ? (
        <p className="hint">As you left it; values that may be keys were not kept.</p>
      ) : null}
      {how === "form" ? (
        <ServerForm fields={fields} change={(some) => change(() => changeFields(some))} problem={fieldProblem} isNew />
      ) : (
        <div className="stack">
          <label className="f">
            <span>Text of a file with mcpServers, as desktop programs write it</span>
            <textarea
              rows={9}
              className="mono"
              spellCheck={false}
              placeholder={'{\n  "mcpServers": {\n    "files": { "command": "npx", "args": ["-y", "…"] }\n  }\n}'}
              value={file}
              aria-invalid={problem?.field === "file" || undefined}
              onChange={(event) => change(() => setFile(event.target.value))}
            />
          </label>
          <label className="f">
            <span>Or a file of this computer</span>
            <input
              type="file"
              accept=".json,.jsonc,application/json,text/plain"
              onChange={(event) => void take(event)}
            />
          </label>
          <p className="hint">It may hold keys, so nothing of it is kept in this browser when you leave the page.</p>
          {problem?.field === "file" ? (
            <p className="hint bad" role="alert">
              {problem.sentence}
            </p>
          ) : null}
        </div>
      )}
      {text === null ? (
        <div className="acts mt-4">
          <Button look="primary" onClick={look}>
            Look at what is added
          </Button>
          <Button look="quiet" onClick={cancel}>
            Cancel
          </Button>
        </div>
      ) : (
        <ServerPreviewBox text={text} onBack={() => setText(null)} onClose={cancel} onAdded={forget} />
      )}
    </section>
  );
}
