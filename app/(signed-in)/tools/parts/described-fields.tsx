"use client";

import type { ReactNode } from "react";
import { Field } from "@/components/ui/forms/field";
import type { DescribedForm, DescribedValues } from "./use-described";

const AUTHS = [
  { value: "none", word: "None" },
  { value: "bearer", word: "Bearer token" },
  { value: "header", word: "Key in a header" },
  { value: "basic", word: "User and password" },
] as const;
const SECRET_WORDS = { bearer: "Token", header: "Key", basic: "user:password" } as const;

interface DescribedFieldsProps {
  described: DescribedForm;
  /** The field that only one kind has, beside the name. */
  children: ReactNode;
}

/** The name of an API or an outside agent, and how requests to it are signed. */
export function DescribedFields({ described, children }: DescribedFieldsProps) {
  const { form, values, change, isKnown } = described;
  const { name, auth, header, secret } = values;
  return (
    <div className="grid grid-cols-2 gap-3 phone:grid-cols-1">
      <Field form={form} name="name" label="Name">
        <input
          {...form.register("name")}
          type="text"
          value={name}
          disabled={isKnown}
          onChange={(event) => change({ name: event.target.value })}
        />
      </Field>
      {children}
      <Field form={form} name="auth" label="Authentication">
        <select
          {...form.register("auth")}
          value={auth}
          onChange={(event) => change({ auth: authOf(event.target.value) })}
        >
          {AUTHS.map(({ value, word }) => (
            <option key={value} value={value}>
              {word}
            </option>
          ))}
        </select>
      </Field>
      {auth === "header" ? (
        <Field form={form} name="header" label="Header">
          <input
            {...form.register("header")}
            type="text"
            className="font-mono text-mono"
            value={header}
            onChange={(event) => change({ header: event.target.value })}
          />
        </Field>
      ) : null}
      {auth === "none" ? null : (
        <Field form={form} name="secret" label={SECRET_WORDS[auth]}>
          <input
            {...form.register("secret")}
            type="password"
            autoComplete="off"
            value={secret}
            placeholder={isKnown ? "Unchanged" : ""}
            onChange={(event) => change({ secret: event.target.value })}
          />
        </Field>
      )}
    </div>
  );
}

function authOf(value: string): DescribedValues["auth"] {
  return AUTHS.find((one) => one.value === value)?.value ?? "none";
}
