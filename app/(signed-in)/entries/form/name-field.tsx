"use client";

import { useId } from "react";
import { FIELD } from "@/components/ui/field-look";
import type { Form } from "@/components/ui/forms/use-form";
import { Hint } from "@/components/ui/hint";

interface NameFieldProps {
  form: Form | undefined;
  name: string;
  change: (name: string) => void;
}

/** The name of a new entry, checked while it is typed. */
export function NameField({ form, name, change }: NameFieldProps) {
  const id = useId();
  const fault = nameFault(name);
  const registered = form?.register("name", `${id}-says`);
  return (
    <div className="mb-2">
      <label className={FIELD}>
        <span>Name (cannot be changed later)</span>
        <input
          {...registered}
          type="text"
          className="font-mono text-mono"
          value={name}
          spellCheck={false}
          autoCapitalize="none"
          autoComplete="off"
          aria-invalid={fault ? true : registered?.["aria-invalid"]}
          onChange={(event) => change(event.target.value)}
        />
      </label>
      {form?.fault("name")}
      <div id={`${id}-says`} role="status">
        <Hint isBad={fault !== null}>{fault ?? "2 to 40 of a–z, 0–9 and _, beginning with a letter."}</Hint>
      </div>
    </div>
  );
}

/** Returns what is wrong with a name so far; null for a name that is empty or right. */
export function nameFault(name: string): string | null {
  if (name === "" || /^[a-z][a-z0-9_]{1,39}$/.test(name)) return null;
  if (/[A-Z]/.test(name)) return "Only lower-case letters: write it without capitals.";
  if (/[\s-]/.test(name)) return "No spaces or hyphens: use _ between words.";
  if (!/^[a-z]/.test(name)) return "The name begins with a letter from a to z.";
  if (name.length < 2 || name.length > 40) return "The name has 2 to 40 characters.";
  return "Only a–z, 0–9 and _ are allowed.";
}
