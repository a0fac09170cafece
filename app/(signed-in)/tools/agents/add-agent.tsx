"use client";

import { AddFromAddress } from "../parts/add-from-address";
import { previewOutsideAgent } from "./actions";
import { AgentForm, type KnownAgent } from "./agent-form";

/** Adds or changes an outside agent by its card. */
export function AddAgent({ known, onClose }: { known?: KnownAgent; onClose: () => void }) {
  return (
    <AddFromAddress
      id="add-agent"
      title={known ? `Change ${known.name}` : "Add agent"}
      label="Address of the agent (A2A), or of its card"
      placeholder="https://agent.example.com"
      action="Read card"
      address={known?.url ?? ""}
      sourceAt={(url) => url}
      preview={previewOutsideAgent}
      form={(_, preview, onBack) => <AgentForm known={known} preview={preview} onBack={onBack} onClose={onClose} />}
      onClose={onClose}
    />
  );
}
