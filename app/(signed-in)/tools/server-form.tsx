"use client";

import { useId } from "react";
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
      <p className="hint bad" id={`${hint}-problem`} role="alert">
        {problem.sentence}
      </p>
    ) : null;
  return (
    <div className="stack serverform">
      {isNew ? (
        <div className="cols">
          <label className="f">
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
          <fieldset className="seg kindseg">
            <legend className="sr">How it is reached</legend>
            {(["stdio", "package", "http"] as const).map((kind) => (
              <button key={kind} type="button" aria-pressed={fields.kind === kind} onClick={() => change({ kind })}>
                {KINDS[kind]}
              </button>
            ))}
          </fieldset>
        </div>
      ) : null}
      <ServerStartFields fields={fields} change={change} wrong={wrong} said={said} />
      <label className="f">
        <span>
          {fields.kind !== "http" ? "Environment, NAME=value, one a line" : "Headers, Name: value, one a line"}
        </span>
        <textarea
          rows={2}
          className="mono"
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
      <p className="hint">
        What looks like a key goes into the vault, and no page shows it again. <code>$&#123;name&#125;</code> stands for
        a secret that you set under Settings, Secrets.
      </p>
      <ServerPlaceFields fields={fields} change={change} />
    </div>
  );
}
