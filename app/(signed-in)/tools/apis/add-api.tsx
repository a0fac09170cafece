"use client";

import { FileField } from "@/components/files/file-field";
import type { Form } from "@/components/ui/forms/use-form";
import { AddFromAddress } from "../parts/add-from-address";
import { previewApi } from "./actions";
import { ApiForm, type ApiSource, type KnownApi } from "./api-form";

/** A page sends at most 1 MB. A document at an address may be larger. */
const MAX_FILE_BYTES = 900_000;

/** Adds or changes a web API by its OpenAPI document. */
export function AddApi({ known, onClose }: { known?: KnownApi; onClose: () => void }) {
  return (
    <AddFromAddress
      id="add-api"
      title={known ? `Change ${known.name}` : "Add API"}
      label="Address of its OpenAPI document (3.0 or 3.1, JSON or YAML)"
      placeholder="https://api.example.com/openapi.json"
      action="Read document"
      address={known?.document ?? ""}
      sourceAt={(url): ApiSource => ({ url })}
      preview={previewApi}
      otherSource={(read, form) => <DocumentFile form={form} read={(text) => read({ text })} />}
      form={(source, preview, onBack) => (
        <ApiForm known={known} source={source} preview={preview} onBack={onBack} onClose={onClose} />
      )}
      onClose={onClose}
    />
  );
}

function DocumentFile({ form, read }: { form: Form; read: (text: string) => void }) {
  async function take(chosen: File | undefined): Promise<void> {
    if (!chosen) return;
    if (chosen.size > MAX_FILE_BYTES)
      form.refuse(
        "text",
        "The file is larger than 900 kB. Give its address, or keep only the operations that you need.",
      );
    else read(await chosen.text());
  }
  return (
    <div>
      <FileField
        {...form.register("text")}
        label="Or choose a file"
        accept=".json,.yaml,.yml"
        onChange={(event) => void take(event.target.files?.[0])}
      />
      {form.fault("text")}
    </div>
  );
}
