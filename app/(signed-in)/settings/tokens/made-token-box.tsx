"use client";

import { useEffect, useRef, useState } from "react";
import type { ApiToken } from "@/agents/core/roles";
import { Button } from "@/components/ui/parts";

/** The token itself, this once: it is kept nowhere, and gone when the box is. */
export function MadeTokenBox({ made, onClose }: { made: ApiToken & { token: string }; onClose: () => void }) {
  const [copied, setCopied] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.select(), []);

  async function copy(): Promise<void> {
    field.current?.select();
    try {
      await navigator.clipboard.writeText(made.token);
      setCopied("Copied.");
    } catch {
      setCopied("The browser does not let pages copy here: it is selected, copy it with the keyboard.");
    }
  }

  return (
    <section className="card setform" aria-labelledby="made-token">
      <h3 id="made-token">The token {made.name}</h3>
      <p className="dim">Copy it now: it is not kept, and nobody can show it again.</p>
      <div className="flex mt-2">
        <input
          ref={field}
          type="text"
          readOnly
          className="mono"
          aria-label={`The token ${made.name}`}
          value={made.token}
          onFocus={(event) => event.target.select()}
        />
        <Button look="primary" onClick={() => void copy()}>
          Copy
        </Button>
        <Button onClick={onClose}>Done</Button>
      </div>
      <p className="hint" role="status">
        {copied ?? "Programs send it as Authorization: Bearer, with each request."}
      </p>
    </section>
  );
}
