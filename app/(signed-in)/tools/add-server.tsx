"use client";

import { type ChangeEvent, useEffect, useRef, useState } from "react";
import { FileField } from "@/components/files/file-field";
import { Field } from "@/components/ui/forms/field";
import { type Form, useForm } from "@/components/ui/forms/use-form";
import { Hint } from "@/components/ui/hint";
import { Card } from "@/components/ui/page/card";
import { Segments } from "@/components/ui/segments";
import { StepButtons } from "./parts/step-buttons";
import { EMPTY_FIELDS, fieldsOfFile, fileOfFields } from "./server-fields";
import { ServerForm } from "./server-form";
import { ServerPreviewBox } from "./server-preview-box";
import { useLongCall } from "./use-long-call";
import { useServerFields } from "./use-server-fields";
import { useServerPreview } from "./use-server-preview";

const MAX_FILE_BYTES = 900_000;

type How = "form" | "file";

interface Problem {
  field: string;
  sentence: string;
}

/**
 * Adds servers from a form, or from another program's configuration file. A preview comes before anything is stored or
 * started.
 */
export function AddServer({ onClose }: { onClose: () => void }) {
  const [how, setHow] = useState<How>("form");
  const { fields, change: changeFields, forget, isRestored } = useServerFields("server", EMPTY_FIELDS);
  const [file, setFile] = useState("");
  const form = useForm();
  const { look, isReading, read, mend, forget: forgetPreview } = useServerPreview();
  const adding = useLongCall();
  // A change removes the preview, and with it the result of what is being added.
  const isLocked = adding.since !== null;

  function preview(): void {
    const made = how === "file" ? textOfFile(file) : fileOfFields(fields);
    adding.forget();
    if (typeof made === "string") {
      form.say(null);
      void read(made);
    } else form.refuse(made.field, made.sentence);
  }
  function take(text: string): void {
    if (how === "file") setFile(text);
    else changeFields(fieldsOfFile(fields.name.trim(), text));
  }
  // People add exactly what they previewed, so a changed text needs a new preview.
  function change(work: () => void): void {
    work();
    forgetPreview();
    form.say(null);
  }
  function cancel(): void {
    forget();
    onClose();
  }
  return (
    <Card as="section" className="mb-6" aria-labelledby="add-server">
      <Head how={how} isLocked={isLocked} choose={(next) => change(() => setHow(next))} />
      {isRestored && how === "form" ? <Hint>Your draft was restored, without values that may be keys.</Hint> : null}
      <fieldset {...form.props} disabled={isLocked}>
        {how === "form" ? (
          <ServerForm fields={fields} change={(some) => change(() => changeFields(some))} form={form} isNew />
        ) : (
          <FileSource
            text={file}
            form={form}
            change={(next) => change(() => setFile(next))}
            refuse={(sentence) => {
              forgetPreview();
              form.refuse("file", sentence);
            }}
          />
        )}
      </fieldset>
      {look || isReading ? (
        <ServerPreviewBox
          look={look}
          call={adding}
          mend={(id) => {
            adding.forget();
            return mend(id, take);
          }}
          onBack={forgetPreview}
          onClose={cancel}
          onAdded={forget}
        />
      ) : (
        <StepButtons className="mt-4" action="Preview" act={preview} onCancel={cancel} />
      )}
    </Card>
  );
}

function textOfFile(file: string): string | Problem {
  return file.trim() ? file : { field: "file", sentence: "Paste the text of a file, or choose a file." };
}

interface HeadProps {
  how: How;
  isLocked: boolean;
  choose: (how: How) => void;
}

function Head({ how, isLocked, choose }: HeadProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <div className="mb-3 flex min-w-0 items-center gap-2">
      <h2 id="add-server" tabIndex={-1} ref={heading}>
        Add server
      </h2>
      <span className="min-w-0 flex-auto" />
      <Segments disabled={isLocked}>
        <legend className="sr-only">Source</legend>
        <button type="button" aria-pressed={how === "form"} onClick={() => choose("form")}>
          Form
        </button>
        <button type="button" aria-pressed={how === "file"} onClick={() => choose("file")}>
          File
        </button>
      </Segments>
    </div>
  );
}

interface FileSourceProps {
  text: string;
  form: Form;
  change: (text: string) => void;
  refuse: (sentence: string) => void;
}

/** A field for the text of a configuration file, pasted or read from a file. */
function FileSource({ text, form, change, refuse }: FileSourceProps) {
  async function take(event: ChangeEvent<HTMLInputElement>): Promise<void> {
    const chosen = event.target.files?.[0];
    if (!chosen) return;
    if (chosen.size > MAX_FILE_BYTES)
      refuse("The file is larger than 0.9 MB. That is too large for a server configuration.");
    else change(await chosen.text());
  }
  return (
    <div className="stack">
      <Field form={form} name="file" label="Configuration file with mcpServers, as used by desktop programs">
        <textarea
          {...form.register("file")}
          rows={9}
          className="font-mono text-mono leading-5"
          spellCheck={false}
          placeholder={'{\n  "mcpServers": {\n    "files": { "command": "npx", "args": ["-y", "…"] }\n  }\n}'}
          value={text}
          onChange={(event) => change(event.target.value)}
        />
      </Field>
      <FileField
        label="Or choose a file"
        accept=".json,.jsonc,application/json,text/plain"
        onChange={(event) => void take(event)}
      />
      <Hint>The file may hold keys, so this browser does not keep it as a draft.</Hint>
    </div>
  );
}
