"use client";

import { useState } from "react";
import { Field } from "@/components/ui/forms/field";
import { Hint } from "@/components/ui/hint";
import type { ApiPreview, ShownApi } from "@/core/shapes/servers/outside";
import { plural } from "@/core/words/figures";
import { DescribedFields } from "../parts/described-fields";
import { SaveForm } from "../parts/save-form";
import { useDescribed } from "../parts/use-described";
import { saveApi } from "./actions";
import { OperationChoice } from "./operation-choice";

/** An added API, to change. */
export interface KnownApi extends ShownApi {
  name: string;
  version: number;
  base_url: string;
}

export type ApiSource = { url: string } | { text: string };

interface ApiFormProps {
  known: KnownApi | undefined;
  source: ApiSource;
  preview: ApiPreview;
  onBack: () => void;
  onClose: () => void;
}

/** What a person chooses of a document that was read: name, address, authentication and operations. */
export function ApiForm({ known, source, preview, onBack, onClose }: ApiFormProps) {
  const reading = preview.operations.filter(({ reads }) => reads).map(({ key }) => key);
  const offered = { name: preview.name, keys: preview.operations.map(({ key }) => key) };
  const described = useDescribed(known, offered, known?.operations ?? reading);
  const [baseUrl, setBaseUrl] = useState(known?.base_url ?? preview.servers[0] ?? "");
  const { form, chosen, request } = described;
  const save = () => {
    const operations = offered.keys.filter((key) => chosen.has(key));
    return saveApi({ ...source, ...request, base_url: baseUrl.trim(), operations }, known?.version ?? null);
  };
  const action = `${known ? "Save" : "Add"} ${plural(chosen.size, "operation")}`;
  return (
    <SaveForm form={form} save={save} action={action} maySave={chosen.size > 0} onBack={onBack} onClose={onClose}>
      <p className="wrap-anywhere text-ink-2">
        {preview.title} {preview.version}
      </p>
      <DescribedFields described={described}>
        <Field form={form} name="base_url" label="Base URL">
          <input
            {...form.register("base_url")}
            type="text"
            className="font-mono text-mono"
            value={baseUrl}
            onChange={(event) => setBaseUrl(event.target.value)}
          />
        </Field>
      </DescribedFields>
      <OperationChoice described={described} operations={preview.operations} />
      <LeftOut problems={preview.problems} />
      <Hint>
        The secret is sent only to this address, and agents never see it. Requests that change something need the right
        “write”.
      </Hint>
    </SaveForm>
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
