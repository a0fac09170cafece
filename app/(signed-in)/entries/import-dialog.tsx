"use client";

import { type ChangeEvent, type FormEvent, useState } from "react";
import type { EntryKind, ImportPreview } from "@/agents/core/shapes-configuration";
import { type ChosenFile, importFiles, previewImport } from "@/app/actions/entries";
import { TextDiff } from "@/components/diff/text-diff";
import { plural } from "@/components/ui/format";
import { Modal } from "@/components/ui/modal";
import { Refusal } from "@/components/ui/outcome-line";
import { Badge, Button, Say } from "@/components/ui/parts";
import { uniqueKeys } from "@/components/ui/unique-keys";
import { useAction } from "@/components/ui/use-action";
import { readChosen, tooMuchIn } from "./chosen-files";
import { KINDS } from "./kinds";

interface ImportDialogProps {
  kind: EntryKind;
  onClosed: () => void;
  onDone: () => void;
}

/** Files or pasted text in the layout of the seeds, several at once; what they would change is seen before it happens. */
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
  const [previews, setPreviews] = useState<ImportPreview[] | null>(null);
  const { pending, outcome, run } = useAction();
  const chosen = [...files, ...(pasted.trim() ? [{ file: "pasted text", text: pasted }] : [])];
  const changes = previews?.filter((one) => one.does === "creates" || one.does === "changes") ?? [];
  const faults = previews?.filter((one) => one.does === "fails") ?? [];

  function choose(event: ChangeEvent<HTMLInputElement>): void {
    const list = [...(event.target.files ?? [])];
    setPreviews(null);
    run(async () => {
      const read = await readChosen(list);
      setFiles(read.ok ? read.files : []);
      return read.ok ? { ok: true, sentence: "" } : read;
    });
  }
  function look(event: FormEvent): void {
    event.preventDefault();
    run(async () => {
      const sentence = tooMuchIn(chosen);
      if (sentence) return { ok: false, sentence };
      const result = await previewImport(kind, chosen);
      setPreviews(result.ok ? result.previews : null);
      return result.ok ? { ok: true, sentence: "" } : result;
    });
  }
  function apply(): void {
    run(
      () => importFiles(kind, chosen, why),
      (result) => {
        if (result.ok) onDone();
        if (result.ok) setPreviews([]);
      },
    );
  }
  if (outcome?.ok && outcome.sentence)
    return (
      <div className="stack mt-3">
        <Say look="good" role="status">
          {outcome.sentence}
        </Say>
        <div className="acts justify-end">
          <Button onClick={dismiss}>Close</Button>
        </div>
      </div>
    );
  return (
    <form className="stack mt-3" onSubmit={look}>
      <label className="f">
        <span>Files, Markdown with front matter, or a ZIP archive of them</span>
        <input type="file" multiple accept=".md,.markdown,.txt,.zip,text/markdown,text/plain" onChange={choose} />
      </label>
      <label className="f">
        <span>Or their text; several one after the other, each below a line “=== name.md ===”</span>
        <textarea
          className="mono"
          rows={previews ? 3 : 8}
          value={pasted}
          spellCheck={false}
          onChange={(event) => {
            setPasted(event.target.value);
            setPreviews(null);
          }}
        />
      </label>
      {previews ? <Previews previews={previews} /> : null}
      <Refusal outcome={outcome} />
      {changes.length > 0 && faults.length === 0 ? (
        <label className="f">
          <span>Why</span>
          <input type="text" value={why} maxLength={500} onChange={(event) => setWhy(event.target.value)} />
        </label>
      ) : null}
      <div className="acts justify-end">
        <Button onClick={dismiss}>Cancel</Button>
        <Button type="submit" look={previews ? "plain" : "primary"} disabled={pending || chosen.length === 0}>
          {pending && !previews ? "Reading" : "Show what changes"}
        </Button>
        {changes.length > 0 && faults.length === 0 ? (
          <Button look="primary" disabled={pending} onClick={apply}>
            Import {plural(changes.length, "change")}
          </Button>
        ) : null}
      </div>
    </form>
  );
}

const WORDS: Record<ImportPreview["does"], string> = {
  creates: "New",
  changes: "Changes",
  nothing: "Exactly so already",
  fails: "Cannot be imported",
};

function Previews({ previews }: { previews: ImportPreview[] }) {
  const keys = uniqueKeys(previews.map((one) => `${one.file} ${one.name}`));
  const fails = previews.some((one) => one.does === "fails");
  return (
    <section className="savediff" aria-label="What the import changes">
      {fails ? (
        <Say look="bad" role="alert">
          Nothing is imported before every entry can be: correct what is marked, and look again.
        </Say>
      ) : null}
      <ul className="rows">
        {previews.map((one, index) => (
          <li key={keys[index]} className="py-2">
            <p className="flex wrap">
              <b className="mono">{one.name || one.file}</b>
              <Badge look={one.does === "fails" ? "bad" : "plain"}>{WORDS[one.does]}</Badge>
            </p>
            {one.problem ? <p className="hint bad">{one.problem}</p> : null}
            {one.does === "creates" || one.does === "changes" ? (
              <TextDiff name={one.name} before={one.before ?? ""} after={one.after} />
            ) : null}
          </li>
        ))}
      </ul>
      {previews.every((one) => one.does === "nothing") ? (
        <p className="dim">Everything is exactly so already: there is nothing to import.</p>
      ) : null}
    </section>
  );
}
