"use client";

import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import { operate } from "@/app/operate";
import { refreshPage } from "@/components/refresh/refresh-page";
import { FIELD } from "@/components/ui/field-look";
import { FormActs } from "@/components/ui/form-acts";
import { type Outcome, useAction } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";

function problemOf(name: string, value: string): string | null {
  if (name.trim() === "") return "Type a name, such as mcp/issues/issues_token.";
  return value.trim() === "" ? "Type the value." : null;
}

interface SecretFormProps {
  /** The secret that gets a new value; empty for a new secret. */
  name: string;
  onDone: (outcome: Outcome) => void;
  onCancel: () => void;
}

export function SecretForm({ name, onDone, onCancel }: SecretFormProps) {
  const { pending, outcome, run, say } = useAction();
  const [typed, setTyped] = useState(name);
  const [value, setValue] = useState("");
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector("input")?.focus(), []);

  function send(event: FormEvent): void {
    event.preventDefault();
    const problem = problemOf(typed, value);
    if (problem) {
      say({ ok: false, sentence: problem });
      return;
    }
    run(
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
      className="stack mt-2 max-w-130"
      ref={form}
      onSubmit={send}
      aria-label={name ? `Value of ${name}` : "New secret"}
    >
      {name ? null : (
        <label className={FIELD}>
          <span>Name (a–z, 0–9 and _ / . -)</span>
          <input
            type="text"
            className="font-mono text-mono"
            maxLength={200}
            autoCapitalize="off"
            spellCheck={false}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </label>
      )}
      <ValueField value={value} setValue={setValue} />
      <OutcomeLine outcome={outcome} />
      <FormActs close={onCancel} disabled={pending}>
        {name ? "Save new value" : "Save"}
      </FormActs>
    </form>
  );
}

function ValueField({ value, setValue }: { value: string; setValue: (value: string) => void }) {
  const [hasLines, setHasLines] = useState(false);
  const id = useId();
  const field = { id, value, autoComplete: "off", spellCheck: false } as const;
  return (
    <>
      <div>
        <label className="mb-1 block text-small font-medium text-ink-2" htmlFor={id}>
          Value (never shown again)
        </label>
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
      </div>
      <label className="flex items-center gap-2">
        <input type="checkbox" checked={hasLines} onChange={(event) => setHasLines(event.target.checked)} />
        <span>Several lines (visible while you type)</span>
      </label>
    </>
  );
}
