"use client";

import { useId } from "react";
import { TwoColumns } from "@/components/layout/columns";
import { FIELD } from "@/components/ui/field-look";
import { Hint } from "@/components/ui/hint";
import { Segments } from "@/components/ui/segments";
import type { FieldName, ServerFields } from "./server-fields";
import { ServerPlaceFields } from "./server-place-fields";
import { ServerStartFields } from "./server-start-fields";

export interface ServerFormProps {
  fields: ServerFields;
  change: (fields: Partial<ServerFields>) => void;
  /** What is wrong with one of them. */
  problem: { field: FieldName; sentence: string } | null;
  /** A server that is there keeps its name. */
  isNew: boolean;
}

const KINDS = { stdio: "A program here", package: "A package", http: "An address" } as const;

/** One server: how it is started or reached, what it is given, and what it may see. */
export function ServerForm({ fields, change, problem, isNew }: ServerFormProps) {
  const hint = useId();
  const wrong = (field: FieldName) =>
    problem?.field === field ? ({ "aria-invalid": true, "aria-describedby": `${hint}-problem` } as const) : {};
  const said = (field: FieldName) =>
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
              {...wrong("name")}
            />
            {said("name")}
          </label>
          <Segments className="self-end">
            <legend className="sr-only">How it is reached</legend>
            {(["stdio", "package", "http"] as const).map((kind) => (
              <button key={kind} type="button" aria-pressed={fields.kind === kind} onClick={() => change({ kind })}>
                {KINDS[kind]}
              </button>
            ))}
          </Segments>
        </TwoColumns>
      ) : null}
      <ServerStartFields fields={fields} change={change} wrong={wrong} said={said} />
      <label className={FIELD}>
        <span>
          {fields.kind !== "http" ? "Environment, NAME=value, one a line" : "Headers, Name: value, one a line"}
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
          {...wrong("settings")}
        />
        {said("settings")}
      </label>
      <Hint>
        What looks like a key goes into the vault, and no page shows it again. <code>$&#123;name&#125;</code> stands for
        a secret that you set under Settings, Secrets.
      </Hint>
      <ServerPlaceFields fields={fields} change={change} />
    </div>
  );
}
