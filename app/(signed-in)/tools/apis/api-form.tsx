"use client";

import { useState } from "react";
import { FIELD } from "@/components/ui/field-look";
import { Hint } from "@/components/ui/hint";
import type { ApiPreview, ShownApi } from "@/core/shapes/tools";
import { plural } from "@/core/words/figures";
import { AuthFields, type AuthValues } from "../parts/auth-fields";
import { SaveForm } from "../parts/save-form";
import { saveApi } from "./actions";

/** An added API, to change. */
export interface KnownApi extends ShownApi {
  name: string;
  version: number;
  base_url: string;
}

export type ApiSource = { url: string } | { text: string };

import { OperationChoice } from "./operation-choice";

interface ApiFormProps {
  known: KnownApi | undefined;
  source: ApiSource;
  preview: ApiPreview;
  onBack: () => void;
  onClose: () => void;
}

/** What a person gives beside the document. */
interface Fields extends AuthValues {
  name: string;
  baseUrl: string;
}

/** What a person chooses of a document that was read: name, address, authentication and operations. */
export function ApiForm({ known, source, preview, onBack, onClose }: ApiFormProps) {
  const [fields, setFields] = useState<Fields>({
    name: known?.name ?? preview.name,
    baseUrl: known?.base_url ?? preview.servers[0] ?? "",
    auth: known?.auth ?? "none",
    header: known?.header ?? "X-API-Key",
    secret: "",
  });
  const reading = preview.operations.filter(({ reads }) => reads).map(({ key }) => key);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(known?.operations ?? reading));
  const save = () => {
    const { name, baseUrl, auth, header, secret } = fields;
    const operations = keysOf(preview, chosen);
    const request = { ...source, name: name.trim(), base_url: baseUrl.trim(), operations, auth, header };
    return saveApi({ ...request, ...(secret && { secret }) }, known?.version ?? null);
  };
  const action = `${known ? "Save" : "Add"} ${plural(chosen.size, "operation")}`;
  return (
    <SaveForm save={save} action={action} maySave={chosen.size > 0} onBack={onBack} onClose={onClose}>
      <p className="wrap-anywhere text-ink-2">
        {preview.title} {preview.version}
      </p>
      <ApiFields fields={fields} change={(some) => setFields({ ...fields, ...some })} isKnown={known !== undefined} />
      <OperationChoice operations={preview.operations} chosen={chosen} choose={setChosen} />
      <LeftOut problems={preview.problems} />
      <Hint>
        The secret is sent only to this address, and agents never see it. Requests that change something need the right
        “write”.
      </Hint>
    </SaveForm>
  );
}

interface ApiFieldsProps {
  fields: Fields;
  change: (some: Partial<Fields>) => void;
  isKnown: boolean;
}

function ApiFields({ fields, change, isKnown }: ApiFieldsProps) {
  const { name, baseUrl } = fields;
  return (
    <div className="grid grid-cols-2 gap-3 phone:grid-cols-1">
      <label className={FIELD}>
        <span>Name</span>
        <input type="text" value={name} disabled={isKnown} onChange={(event) => change({ name: event.target.value })} />
      </label>
      <label className={FIELD}>
        <span>Base URL</span>
        <input
          type="text"
          className="font-mono text-mono"
          value={baseUrl}
          onChange={(event) => change({ baseUrl: event.target.value })}
        />
      </label>
      <AuthFields fields={fields} change={change} isKnown={isKnown} />
    </div>
  );
}

function LeftOut({ problems }: { problems: string[] }) {
  if (problems.length === 0) return null;
  return (
    <details>
      <summary>{problems.length} left out</summary>
      <ul className="mt-1 list-disc pl-5 text-small">
        {problems.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </details>
  );
}

function keysOf({ operations }: ApiPreview, chosen: ReadonlySet<string>): string[] {
  return operations.map(({ key }) => key).filter((key) => chosen.has(key));
}
