"use client";

import { useState } from "react";
import { Card } from "@/components/ui/page/card";
import type { OutsideAgentPreview, ShownAgent } from "@/core/shapes/tools";
import { ReadForm } from "../parts/read-form";
import { previewOutsideAgent } from "./actions";
import { AgentForm } from "./agent-form";

/** An added agent, to change. */
export interface KnownAgent extends ShownAgent {
  name: string;
  version: number;
  /** The address of its card. */
  url: string;
}

/** Adds or changes an outside agent: first its card is read, then a person chooses what our agents can ask it for. */
export function AddAgent({ known, onClose }: { known?: KnownAgent; onClose: () => void }) {
  const [url, setUrl] = useState(known?.url ?? "");
  const [preview, setPreview] = useState<OutsideAgentPreview | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [isReading, setReading] = useState(false);

  async function look(): Promise<void> {
    setReading(true);
    setProblem(null);
    const found = await previewOutsideAgent(url).catch(() => null);
    setReading(false);
    if (found?.ok) setPreview(found.preview);
    else setProblem(found ? found.sentence : "The server did not answer. Try again.");
  }
  return (
    <Card as="section" className="mb-6" aria-labelledby="add-agent">
      <h2 id="add-agent">{known ? `Change ${known.name}` : "Add agent"}</h2>
      {preview ? (
        <AgentForm known={known} preview={preview} onBack={() => setPreview(null)} onClose={onClose} />
      ) : (
        <ReadForm
          label="Address of the agent (A2A), or of its card"
          placeholder="https://agent.example.com"
          action="Read card"
          {...{ url, setUrl, problem, isReading, onClose }}
          read={() => void look()}
        />
      )}
    </Card>
  );
}
