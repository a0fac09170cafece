"use client";

import { type ChangeEvent, useRef, useState } from "react";
import { FileField } from "@/components/files/file-field";
import { Card } from "@/components/ui/page/card";
import type { ApiPreview, ShownApi } from "@/core/shapes/tools";
import { ReadForm } from "../parts/read-form";
import { previewApi } from "./actions";
import { ApiForm } from "./api-form";

/** A page sends at most 1 MB. A document at an address may be larger. */
const MAX_FILE_BYTES = 900_000;

/** An added API, to change. */
export interface KnownApi extends ShownApi {
  name: string;
  version: number;
  base_url: string;
}

export type ApiSource = { url: string } | { text: string };

/** Adds or changes a web API: first its OpenAPI document is read, then a person chooses what agents can use. */
export function AddApi({ known, onClose }: { known?: KnownApi; onClose: () => void }) {
  const [url, setUrl] = useState(known?.document ?? "");
  const [read, setRead] = useState<{ source: ApiSource; preview: ApiPreview } | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [isReading, setReading] = useState(false);
  /** The number of the newest read. A slow address may answer after a file that was chosen meanwhile. */
  const newest = useRef(0);

  async function look(source: ApiSource): Promise<void> {
    newest.current += 1;
    const own = newest.current;
    setReading(true);
    setProblem(null);
    const found = await previewApi(source).catch(() => null);
    if (own !== newest.current) return;
    setReading(false);
    if (found?.ok) setRead({ source, preview: found.preview });
    else setProblem(found ? found.sentence : "The server did not answer. Try again.");
  }
  async function take(event: ChangeEvent<HTMLInputElement>): Promise<void> {
    const chosen = event.target.files?.[0];
    if (!chosen) return;
    if (chosen.size > MAX_FILE_BYTES)
      setProblem("The file is larger than 900 kB. Give its address, or keep only the operations that you need.");
    else await look({ text: await chosen.text() });
  }
  return (
    <Card as="section" className="mb-6" aria-labelledby="add-api">
      <h2 id="add-api">{known ? `Change ${known.name}` : "Add API"}</h2>
      {read ? (
        <ApiForm
          known={known}
          source={read.source}
          preview={read.preview}
          onBack={() => setRead(null)}
          onClose={onClose}
        />
      ) : (
        <ReadForm
          label="Address of its OpenAPI document (3.0 or 3.1, JSON or YAML)"
          placeholder="https://api.example.com/openapi.json"
          action="Read document"
          {...{ url, setUrl, problem, isReading, onClose }}
          read={() => void look({ url })}
        >
          <FileField label="Or choose a file" accept=".json,.yaml,.yml" onChange={(event) => void take(event)} />
        </ReadForm>
      )}
    </Card>
  );
}
