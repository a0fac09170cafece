import { FileField } from "@/components/files/file-field";
import { Field } from "@/components/ui/forms/field";
import type { Form } from "@/components/ui/forms/use-form";
import { Hint } from "@/components/ui/hint";
import type { TextWay, Wish } from "./wish";

/** What a form can send. */
const MAX_BYTES = 900_000;

const SOURCES: Record<TextWay, { label: string; isCode: boolean; hint: string; accept: string | null }> = {
  openapi: {
    label: "OpenAPI document, 3.0 or 3.1",
    isCode: true,
    hint: "The same document gives the same files. No model and no key takes part.",
    accept: ".json,.yaml,.yml",
  },
  entities: {
    label: "Entities, as YAML",
    isCode: true,
    hint: "Types are text, integer, number, boolean, date, time, choice and reference.",
    accept: ".yaml,.yml",
  },
  requirements: {
    label: "What should it do?",
    isCode: false,
    hint: "A sentence or user stories. A tree writes their specification, asks once what is open, and makes the service.",
    accept: null,
  },
};

const EXAMPLE = "title: Bookshop\nentities:\n  customer:\n    fields:\n      email: { type: text, required: true }";

interface SourceFieldProps {
  form: Form;
  way: TextWay;
  texts: Wish["texts"];
  change: (fields: Partial<Wish>) => void;
}

/** The text that a service is made from, typed, pasted or read from a file. */
export function SourceField({ form, way, texts, change }: SourceFieldProps) {
  const { label, isCode, hint, accept } = SOURCES[way];
  const put = (text: string) => change({ texts: { ...texts, [way]: text } });
  async function take(file: File | undefined): Promise<void> {
    if (!file) return;
    if (file.size > MAX_BYTES)
      form.refuse(way, `The file is larger than 900 kB: make the service with \`banyan service new --${way} FILE\`.`);
    else {
      form.clear(way);
      put(await file.text());
    }
  }
  return (
    <div className="grid gap-2">
      <Field form={form} name={way} label={label}>
        <textarea
          {...form.register(way)}
          className={`max-h-64 min-h-32 ${isCode ? "font-mono" : ""}`}
          spellCheck={!isCode}
          placeholder={way === "entities" ? EXAMPLE : undefined}
          value={texts[way]}
          onChange={({ target }) => put(target.value)}
        />
      </Field>
      {accept === null ? null : (
        <FileField label="Or read a file" accept={accept} onChange={({ target }) => void take(target.files?.[0])} />
      )}
      <Hint className="mt-0!">{hint}</Hint>
    </div>
  );
}
