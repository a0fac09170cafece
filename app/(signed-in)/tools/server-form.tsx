"use client";

import { useId } from "react";
import { TwoColumns } from "@/components/layout/columns";
import { FIELD } from "@/components/ui/field-look";
import { Hint } from "@/components/ui/hint";
import { Segments } from "@/components/ui/segments";
import type { FieldName, ServerFormProps } from "./server-fields";
import { ServerPlaceFields } from "./server-place-fields";
import { ServerStartFields } from "./server-start-fields";

const KINDS = { stdio: "Local command", package: "npm package", http: "Remote address" } as const;

/** The form of a server: how it starts or its address, its environment, and its access. */
export function ServerForm({ fields, change, problem, isNew }: ServerFormProps) {
  const hint = useId();
  const invalid = (field: FieldName) =>
    problem?.field === field ? ({ "aria-invalid": true, "aria-describedby": `${hint}-problem` } as const) : {};
  const problemOf = (field: FieldName) =>
    problem?.field === field ? (
      <Hint isBad id={`${hint}-problem`} role="alert">
        {problem.sentence}
      </Hint>
    ) : null;
  return (
    <div className="stack">
      {isNew ? (
        <TwoColumns>
          <label className={FIELD}>
            <span>Name</span>
            <input
              type="text"
              maxLength={40}
              value={fields.name}
              onChange={(event) => change({ name: event.target.value })}
              {...invalid("name")}
            />
            {problemOf("name")}
          </label>
          <Segments className="self-end phone:[&>button]:px-1.5" isWide>
            <legend className="sr-only">Kind of server</legend>
            {(["stdio", "package", "http"] as const).map((kind) => (
              <button key={kind} type="button" aria-pressed={fields.kind === kind} onClick={() => change({ kind })}>
                {KINDS[kind]}
              </button>
            ))}
          </Segments>
        </TwoColumns>
      ) : null}
      <ServerStartFields fields={fields} change={change} invalid={invalid} problemOf={problemOf} />
      <label className={FIELD}>
        <span>
          {fields.kind !== "http" ? "Environment (NAME=value, one per line)" : "Headers (Name: value, one per line)"}
        </span>
        <textarea
          rows={2}
          className="font-mono text-mono leading-5"
          placeholder={
            fields.kind !== "http" ? `ISSUES_TOKEN=\${issues_token}` : `Authorization: Bearer \${issues_token}`
          }
          spellCheck={false}
          autoComplete="off"
          value={fields.settings}
          onChange={(event) => change({ settings: event.target.value })}
          {...invalid("settings")}
        />
        {problemOf("settings")}
      </label>
      <Hint>
        Values that look like keys are stored as secrets and never shown again. Use <code>$&#123;name&#125;</code> for a
        secret that you set under Settings, Secrets.
      </Hint>
      <ServerPlaceFields fields={fields} change={change} />
    </div>
  );
}
