"use client";

import { Field } from "@/components/ui/forms/field";
import { Hint } from "@/components/ui/hint";
import { Segments } from "@/components/ui/segments";
import type { ServerFormProps } from "./server-fields";
import { ServerPlaceFields } from "./server-place-fields";
import { ServerStartFields } from "./server-start-fields";

const KINDS = { stdio: "Local command", package: "npm package", http: "Remote address" } as const;

/** The form of a server: how it starts or its address, its environment, and its access. */
export function ServerForm({ fields, change, form, isNew }: ServerFormProps) {
  return (
    <div className="stack">
      {isNew ? (
        // Side by side where there is room for every kind in one line.
        <div className="flex max-w-240 flex-wrap items-end gap-x-6 gap-y-4 *:flex-[1_1_340px]">
          <Field form={form} name="name" label="Name">
            <input
              {...form.register("name")}
              type="text"
              maxLength={40}
              value={fields.name}
              onChange={(event) => change({ name: event.target.value })}
            />
          </Field>
          <Segments className="phone:[&>button]:px-1.5" isWide>
            <legend className="sr-only">Kind of server</legend>
            {(["stdio", "package", "http"] as const).map((kind) => (
              <button key={kind} type="button" aria-pressed={fields.kind === kind} onClick={() => change({ kind })}>
                {KINDS[kind]}
              </button>
            ))}
          </Segments>
        </div>
      ) : null}
      <ServerStartFields fields={fields} change={change} form={form} />
      <Field
        form={form}
        name="settings"
        label={
          fields.kind !== "http" ? "Environment (NAME=value, one per line)" : "Headers (Name: value, one per line)"
        }
      >
        <textarea
          {...form.register("settings")}
          rows={2}
          className="font-mono text-mono leading-5"
          placeholder={
            fields.kind !== "http" ? `ISSUES_TOKEN=\${issues_token}` : `Authorization: Bearer \${issues_token}`
          }
          spellCheck={false}
          autoComplete="off"
          value={fields.settings}
          onChange={(event) => change({ settings: event.target.value })}
        />
      </Field>
      <Hint>
        Values that look like keys are stored as secrets and never shown again. Use <code>$&#123;name&#125;</code> for a
        secret that you set under Settings, Secrets.
      </Hint>
      <ServerPlaceFields fields={fields} change={change} form={form} />
    </div>
  );
}
