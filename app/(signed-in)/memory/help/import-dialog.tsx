"use client";

import { type ChangeEvent, type FormEvent, useState } from "react";
import { operate } from "@/app/operate";
import { FileField } from "@/components/files/file-field";
import { refreshPage } from "@/components/refresh/refresh-page";
import { type Form, useForm } from "@/components/ui/forms/use-form";
import { Modal } from "@/components/ui/modal";
import { Refusal } from "@/components/ui/outcome-line";
import { Button, Say } from "@/components/ui/parts";
import type { LessonFile } from "@/core/shapes/memory";

/** The server takes no larger request. */
const MOST_BYTES = 1_000_000;
const TOO_LARGE = "The file is larger than 1 MB: on the server's machine, use `npx banyan lessons import FILE`.";

const NO_FILE = "This is no file of lessons: choose one that Export or `banyan lessons export` wrote.";

/** Reads a file of lessons. The server decides which entries can be lessons; all of them wait for a person. */
export function ImportDialog({ onClosed }: { onClosed: () => void }) {
  return (
    <Modal title="Import lessons" onClosed={onClosed}>
      {(dismiss) => <ImportForm dismiss={dismiss} />}
    </Modal>
  );
}

function ImportForm({ dismiss }: { dismiss: () => void }) {
  const [file, setFile] = useState<File | null>(null);
  const form = useForm();
  const { pending, outcome } = form;
  async function send(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (pending || !file) return;
    if (file.size > MOST_BYTES) {
      form.refuse("lessons", TOO_LARGE);
      return;
    }
    const read = await readLessons(file);
    if (read === null) {
      form.refuse("lessons", NO_FILE);
      return;
    }
    // The server checks its shape.
    form.run(
      () => operate("importLessons", read),
      ({ ok }) => ok && refreshPage(),
    );
  }
  if (outcome?.ok)
    return (
      <div className="stack mt-3">
        <Say look="good" role="status">
          {outcome.sentence}
        </Say>
        <Button className="justify-self-end" onClick={dismiss}>
          Close
        </Button>
      </div>
    );
  return (
    <form {...form.props} className="stack mt-3" onSubmit={(event) => void send(event)}>
      <p className="text-ink-2">
        Each lesson becomes a candidate: no task is shown it before you approve it. Nothing that speaks for it comes
        along.
      </p>
      <ChosenFile form={form} choose={setFile} />
      <Refusal outcome={form.rest} />
      <div className="flex flex-wrap items-center justify-end gap-2">
        <Button onClick={dismiss}>Cancel</Button>
        <Button type="submit" look="primary" disabled={pending || !file}>
          Import
        </Button>
      </div>
    </form>
  );
}

function ChosenFile({ form, choose }: { form: Form; choose: (file: File | null) => void }) {
  return (
    <div>
      <FileField
        {...form.register("lessons")}
        label="File of lessons (JSON)"
        accept=".json,application/json"
        onChange={({ target }: ChangeEvent<HTMLInputElement>) => choose(target.files?.[0] ?? null)}
      />
      {form.fault("lessons")}
    </div>
  );
}

/** Returns null when the file is no JSON object with lessons. */
async function readLessons(file: File): Promise<LessonFile | null> {
  try {
    const read = JSON.parse(await file.text()) as unknown;
    return typeof read === "object" && read !== null && "banyan_lessons" in read ? (read as LessonFile) : null;
  } catch {
    return null;
  }
}
