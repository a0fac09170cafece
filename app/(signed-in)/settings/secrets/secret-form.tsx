"use client";

import { type FormEvent, useEffect, useState } from "react";
import { operate } from "@/app/operate";
import { refreshPage } from "@/components/refresh/refresh-page";
import { FormActs } from "@/components/ui/form-acts";
import { Field } from "@/components/ui/forms/field";
import { type Form, useForm } from "@/components/ui/forms/use-form";
import type { Outcome } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";

interface SecretFormProps {
  /** The secret that gets a new value; empty for a new secret. */
  name: string;
  onDone: (outcome: Outcome) => void;
  onCancel: () => void;
}

export function SecretForm({ name, onDone, onCancel }: SecretFormProps) {
  const form = useForm();
  const [typed, setTyped] = useState(name);
  const [value, setValue] = useState("");
  const id = form.idOf(name ? "value" : "id");
  useEffect(() => document.getElementById(id)?.focus(), [id]);

  function send(event: FormEvent): void {
    event.preventDefault();
    form.run(
      () => operate("setSecret", { id: typed.trim(), value }),
      (result) => {
        if (!result.ok) return;
        refreshPage();
        onDone(result);
      },
    );
  }
  return (
    <form
      {...form.props}
      className="stack mt-2 max-w-130"
      onSubmit={send}
      aria-label={name ? `Value of ${name}` : "New secret"}
    >
      {name ? null : (
        <Field form={form} name="id" label="Name (a–z, 0–9 and _ / . -)">
          <input
            {...form.register("id")}
            type="text"
            className="font-mono text-mono"
            maxLength={200}
            autoCapitalize="off"
            spellCheck={false}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </Field>
      )}
      <ValueField form={form} value={value} setValue={setValue} />
      <OutcomeLine outcome={form.rest} />
      <FormActs close={onCancel} disabled={form.pending}>
        {name ? "Save new value" : "Save"}
      </FormActs>
    </form>
  );
}

interface ValueFieldProps {
  form: Form;
  value: string;
  setValue: (value: string) => void;
}

function ValueField({ form, value, setValue }: ValueFieldProps) {
  const [hasLines, setHasLines] = useState(false);
  const field = { ...form.register("value"), value, autoComplete: "off", spellCheck: false } as const;
  return (
    <>
      <Field form={form} name="value" label="Value (never shown again)">
        {hasLines ? (
          <textarea
            rows={5}
            className="font-mono text-mono leading-5"
            {...field}
            onChange={(event) => setValue(event.target.value)}
          />
        ) : (
          <input
            type="password"
            {...field}
            autoComplete="new-password"
            onChange={(event) => setValue(event.target.value)}
          />
        )}
      </Field>
      <label className="flex items-center gap-2">
        <input type="checkbox" checked={hasLines} onChange={(event) => setHasLines(event.target.checked)} />
        <span>Several lines (visible while you type)</span>
      </label>
    </>
  );
}
