"use client";

import { type ChangeEvent, type FormEvent, useState } from "react";
import { type ChosenFile, previewImport } from "@/app/actions/entries";
import { operate } from "@/app/operate";
import { ProseDiff } from "@/components/diff/prose-diff";
import { FileField } from "@/components/files/file-field";
import { Field } from "@/components/ui/forms/field";
import { type Form, useForm } from "@/components/ui/forms/use-form";
import { Hint } from "@/components/ui/hint";
import { uniqueKeys } from "@/components/ui/hooks/unique-keys";
import type { Outcome } from "@/components/ui/hooks/use-action";
import { Modal } from "@/components/ui/modal";
import { Refusal } from "@/components/ui/outcome-line";
import { Badge, Button, Say } from "@/components/ui/parts";
import type { EntryKind, ImportPreview } from "@/core/shapes/configuration";
import { plural } from "@/core/words/figures";
import { KINDS } from "../kinds/kinds";
import { readChosen, tooMuchIn } from "./chosen-files";

interface ImportDialogProps {
  kind: EntryKind;
  onClosed: () => void;
  onDone: () => void;
}

/** Imports entries from files or pasted text in the format of the seeds, after a preview of the changes. */
export function ImportDialog({ kind, onClosed, onDone }: ImportDialogProps) {
  return (
    <Modal title={`Import ${KINDS[kind].unit}`} onClosed={onClosed} wide>
      {(dismiss) => <ImportForm kind={kind} dismiss={dismiss} onDone={onDone} />}
    </Modal>
  );
}

function ImportForm({ kind, dismiss, onDone }: { kind: EntryKind; dismiss: () => void; onDone: () => void }) {
  const [files, setFiles] = useState<ChosenFile[]>([]);
  const [pasted, setPasted] = useState("");
  const [why, setWhy] = useState("");
  // With what it is of: an answer may come after the text has changed.
  const [preview, setPreview] = useState<{ files: ChosenFile[]; pasted: string; found: ImportPreview[] } | null>(null);
  const previews = preview?.files === files && preview.pasted === pasted ? preview.found : null;
  const form = useForm();
  const { pending, outcome, run } = form;
  const chosen = [...files, ...(pasted.trim() ? [{ file: "pasted text", text: pasted }] : [])];
  const changes = previews?.filter(({ does }) => does === "creates" || does === "changes") ?? [];
  const mayImport = changes.length > 0 && !previews?.some(({ does }) => does === "fails");

  function choose(event: ChangeEvent<HTMLInputElement>): void {
    const list = [...(event.target.files ?? [])];
    run(async () => {
      const read = await readChosen(list);
      setFiles(read.ok ? read.files : []);
      return read.ok ? { ok: true, sentence: "" } : ofFiles(read.sentence);
    });
  }
  function look(event: FormEvent): void {
    event.preventDefault();
    run(async () => {
      const sentence = tooMuchIn(chosen);
      if (sentence) return ofFiles(sentence);
      const result = await previewImport(kind, chosen);
      setPreview(result.ok ? { files, pasted, found: result.previews } : null);
      return result.ok ? { ok: true, sentence: "" } : result;
    });
  }
  function apply(): void {
    const seen = previews?.map(({ name, version }) => ({ name, version })) ?? [];
    run(
      () => operate("importFiles", { kind, files: chosen, seen, ...(why.trim() && { why }) }),
      (result) => result.ok && onDone(),
    );
  }
  if (outcome?.ok && outcome.sentence) return <Imported sentence={outcome.sentence} dismiss={dismiss} />;
  return (
    <form {...form.props} className="stack mt-3" onSubmit={look}>
      <Sources
        form={form}
        isPasted={pasted.trim() !== ""}
        pasted={pasted}
        rows={previews ? 3 : 8}
        choose={choose}
        paste={setPasted}
      />
      {previews ? <Previews previews={previews} /> : null}
      <Refusal outcome={form.rest} />
      {mayImport ? (
        <Field form={form} name="why" label="Why">
          <input
            {...form.register("why")}
            type="text"
            value={why}
            maxLength={500}
            onChange={(event) => setWhy(event.target.value)}
          />
        </Field>
      ) : null}
      <div className="flex flex-wrap items-center gap-2 justify-end">
        <Button onClick={dismiss}>Cancel</Button>
        <Button type="submit" look={previews ? "plain" : "primary"} disabled={pending || chosen.length === 0}>
          {pending && !previews ? "Reading" : "Preview"}
        </Button>
        {mayImport ? (
          <Button look="primary" disabled={pending} onClick={apply}>
            Import {plural(changes.length, "change")}
          </Button>
        ) : null}
      </div>
    </form>
  );
}

function ofFiles(sentence: string): Outcome {
  return { ok: false, sentence, issues: [{ path: ["files"], message: sentence }] };
}

function Imported({ sentence, dismiss }: { sentence: string; dismiss: () => void }) {
  return (
    <div className="stack mt-3">
      <Say look="good" role="status">
        {sentence}
      </Say>
      <div className="flex flex-wrap items-center gap-2 justify-end">
        <Button onClick={dismiss}>Close</Button>
      </div>
    </div>
  );
}

interface SourcesProps {
  form: Form;
  /** Whether an error is about the pasted text. */
  isPasted: boolean;
  pasted: string;
  /** The height of the text field in lines. */
  rows: number;
  choose: (event: ChangeEvent<HTMLInputElement>) => void;
  paste: (text: string) => void;
}

/** Fields for files or pasted text. */
function Sources({ form, isPasted, pasted, rows, choose, paste }: SourcesProps) {
  return (
    <>
      <FileField
        {...(isPasted ? {} : form.register("files"))}
        label="Files: Markdown with front matter, or a ZIP archive"
        multiple
        accept=".md,.markdown,.txt,.zip,text/markdown,text/plain"
        onChange={choose}
      />
      {isPasted ? null : form.fault("files")}
      <Field
        form={form}
        name={isPasted ? "files" : "pasted"}
        label="Or paste their text, with a line “=== name.md ===” before each file"
      >
        <textarea
          {...form.register(isPasted ? "files" : "pasted")}
          className="font-mono text-mono leading-5"
          rows={rows}
          value={pasted}
          spellCheck={false}
          onChange={(event) => paste(event.target.value)}
        />
      </Field>
    </>
  );
}

const WORDS: Record<ImportPreview["does"], string> = {
  creates: "New",
  changes: "Changes",
  nothing: "No changes",
  fails: "Invalid",
};

function Previews({ previews }: { previews: ImportPreview[] }) {
  const keys = uniqueKeys(previews.map(({ file, name }) => `${file} ${name}`));
  const fails = previews.some(({ does }) => does === "fails");
  return (
    <section className="h-[40vh] overflow-auto" aria-label="Preview of the import">
      {fails ? (
        <Say look="bad" role="alert">
          Some entries are invalid, so you cannot import yet. Fix them, then preview again.
        </Say>
      ) : null}
      <ul className="*:border-b *:border-line">
        {previews.map((preview, index) => (
          <li key={keys[index]} className="py-2">
            <p className="flex min-w-0 flex-wrap items-center gap-2">
              <b className="font-mono text-mono">{preview.name || preview.file}</b>
              <Badge look={preview.does === "fails" ? "bad" : "plain"}>{WORDS[preview.does]}</Badge>
            </p>
            {preview.problem ? <Hint isBad>{preview.problem}</Hint> : null}
            {preview.does === "creates" || preview.does === "changes" ? (
              <ProseDiff name={preview.name} before={preview.before ?? ""} after={preview.after} />
            ) : null}
          </li>
        ))}
      </ul>
      {previews.every(({ does }) => does === "nothing") ? <p className="text-ink-2">No changes to import.</p> : null}
    </section>
  );
}
