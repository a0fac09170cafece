"use client";

import { useEffect, useRef, useState } from "react";
import { Hint } from "@/components/ui/hint";
import { Card } from "@/components/ui/page/card";
import { Button } from "@/components/ui/parts";
import type { ApiToken } from "@/core/rules/roles";

/** Shows a new token. This is the only time: the server stores no copy. */
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
      setCopied("The browser blocked the copy. The token is selected: copy it with the keyboard.");
    }
  }

  return (
    <Card as="section" className="mb-4" aria-labelledby="made-token">
      <h3 id="made-token">Token {made.name}</h3>
      <p className="text-ink-2">Copy it now. It is not stored and cannot be shown again.</p>
      <div className="mt-2 flex items-center gap-2">
        <input
          ref={field}
          type="text"
          readOnly
          className="font-mono text-mono"
          aria-label={`Token ${made.name}`}
          value={made.token}
          onFocus={(event) => event.target.select()}
        />
        <Button look="primary" onClick={() => void copy()}>
          Copy
        </Button>
        <Button onClick={onClose}>Done</Button>
      </div>
      <Hint role="status">{copied ?? "Programs send it with each request, as Authorization: Bearer."}</Hint>
    </Card>
  );
}
