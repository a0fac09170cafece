"use client";

import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import type { Deciding } from "@/components/reviews/deciding";
import { AskForm } from "@/components/reviews/reason-form";
import { MarkdownField } from "@/components/text/markdown-field";
import { FormActs } from "@/components/ui/form-acts";
import { Field } from "@/components/ui/forms/field";
import { type Form, useForm } from "@/components/ui/forms/use-form";
import { Hint } from "@/components/ui/hint";
import { useKeptText } from "@/components/ui/hooks/use-kept-text";
import type { ProposedPart, ReviewItem } from "@/core/shapes/review";
import { BarForm } from "./bar-parts";
import { EditFileForm, fileIn } from "./edit-file-form";
import { SendKey } from "./send-key";

interface EditFormProps {
  item: ReviewItem;
  deciding: Deciding;
  close: () => void;
}

/** Form to approve with changes: to the arguments of a call, or to the texts of a proposal. */
export function EditForm({ item, deciding, close }: EditFormProps) {
  const file = item.call && fileIn(item.call);
  if (file) return <EditFileForm item={item} file={file} deciding={deciding} close={close} />;
  if (item.call) return <CallForm item={item} deciding={deciding} close={close} />;
  return <ProposalForm item={item} deciding={deciding} close={close} />;
}

function CallForm({ item, deciding, close }: EditFormProps) {
  const given = item.call?.arguments ?? "";
  const kept = useKeptText(`edit.${item.review.id}`);
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? (kept.text || indented(given));
  const form = useForm();
  const field = useRef<HTMLTextAreaElement>(null);
  const hint = useId();
  useEffect(() => field.current?.focus(), []);
  function submit(event: FormEvent): void {
    event.preventDefault();
    const wrong = problemOf(text, given);
    if (wrong) {
      form.refuse("arguments", wrong);
      return;
    }
    close();
    deciding.approveChanged(item.review, text);
  }
  return (
    <BarForm>
      <AskForm form={form} submit={submit} close={close}>
        <Field form={form} name="arguments" label={`Arguments of ${item.call?.tool}, as JSON`}>
          <textarea
            {...form.register("arguments", hint)}
            ref={field}
            className="font-mono text-mono leading-4.5 phone:leading-5"
            rows={Math.min(12, text.split("\n").length + 1)}
            spellCheck={false}
            value={text}
            onChange={(event) => {
              setTyped(event.target.value);
              kept.change(event.target.value);
            }}
          />
        </Field>
        <Hint id={hint}>
          The original call does not run. {item.agent} is told to make it with these arguments; that exact call then
          runs once without approval, in this tree, within 24 hours.
        </Hint>
        <FormActs close={close} hasKey>
          Approve with changes
        </FormActs>
      </AskForm>
    </BarForm>
  );
}

function indented(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}

function problemOf(text: string, given: string): string | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value))
      return 'Write one JSON object, such as {"path": "notes.md"}.';
    return JSON.stringify(value) === JSON.stringify(JSON.parse(given))
      ? "Nothing has changed. Change an argument, or approve the call as it is."
      : null;
  } catch (error) {
    return `Not valid JSON: ${(error as Error).message}.`;
  }
}

function ProposalForm({ item, deciding, close }: EditFormProps) {
  const parts = item.proposal?.parts.filter((part) => part.editable) ?? [];
  // The changed parts as JSON, which the browser keeps as one text.
  const kept = useKeptText(`edit.${item.review.id}`);
  const texts = textsOf(kept.text);
  const form = useForm();
  const changed = Object.fromEntries(
    parts.flatMap(({ name, after }) =>
      texts[name] === undefined || texts[name] === after ? [] : [[name, texts[name]]],
    ),
  );
  function submit(event?: FormEvent): void {
    event?.preventDefault();
    if (Object.keys(changed).length === 0) {
      form.refuse(parts[0]?.name ?? "", "Nothing has changed. Change a text, or approve the proposal as it is.");
      return;
    }
    close();
    deciding.approve([item.review], { edited: changed });
  }
  return (
    <BarForm>
      <SendKey send={submit}>
        <AskForm form={form} submit={submit} close={close}>
          {parts.map((part, index) => (
            <PartField
              key={part.name}
              form={form}
              part={part}
              isFirst={index === 0}
              text={texts[part.name] ?? part.after}
              change={(text) => kept.change(JSON.stringify({ ...texts, [part.name]: text }))}
            />
          ))}
          <Hint role="status">
            {`You approve your text. The version records who proposed it and who edited it.${item.proposal?.kind === "tool" ? " You cannot edit code here, because its test would not cover the change: reject the proposal and say what to change." : ""}`}
          </Hint>
          <FormActs close={close} hasKey>
            Approve as edited
          </FormActs>
        </AskForm>
      </SendKey>
    </BarForm>
  );
}

function textsOf(kept: string): Record<string, string> {
  try {
    return JSON.parse(kept || "{}") as Record<string, string>;
  } catch {
    return {};
  }
}

function PartField({
  form,
  part,
  text,
  isFirst,
  change,
}: {
  form: Form;
  part: ProposedPart;
  text: string;
  isFirst: boolean;
  change: (text: string) => void;
}) {
  const field = useRef<HTMLTextAreaElement>(null);
  const isLine = part.form === "line" || part.form === "list";
  useEffect(() => {
    if (isFirst) field.current?.focus();
  }, [isFirst]);
  const label = `${part.name}${part.form === "list" ? ", one per line" : ""}`;
  if (!isLine)
    return (
      <div>
        <p className="mb-1 font-medium text-small">{label}</p>
        <MarkdownField
          value={text}
          label={label}
          isNumbered
          takesFocus={isFirst}
          fault={form.textFault(part.name)}
          onChange={(next) => {
            form.clear(part.name);
            change(next);
          }}
        />
      </div>
    );
  const rows = part.form === "line" ? 2 : Math.min(16, Math.max(3, text.split("\n").length + 1));
  return (
    <Field form={form} name={part.name} label={label}>
      <textarea
        {...form.register(part.name)}
        ref={field}
        rows={rows}
        value={text}
        onChange={(event) => change(event.target.value)}
      />
    </Field>
  );
}
