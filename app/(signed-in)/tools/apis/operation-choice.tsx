"use client";

import { useState } from "react";
import { FindField } from "@/components/ui/find-field";
import { Badge, Button } from "@/components/ui/parts";
import type { ApiPreview } from "@/core/shapes/tools";
import { plain } from "@/core/words/figures";

interface OperationChoiceProps {
  operations: ApiPreview["operations"];
  chosen: ReadonlySet<string>;
  choose: (chosen: ReadonlySet<string>) => void;
}

/** The operations of a document, of which a person chooses those that agents can use. */
export function OperationChoice({ operations, chosen, choose }: OperationChoiceProps) {
  const [query, setQuery] = useState("");
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = operations.filter(({ key, name, description }) =>
    words.every((word) => `${key} ${name} ${description}`.toLowerCase().includes(word)),
  );
  const set = (keys: readonly string[], isChosen: boolean) => {
    const next = new Set(chosen);
    for (const key of keys) {
      if (isChosen) next.add(key);
      else next.delete(key);
    }
    choose(next);
  };
  const keys = shown.map(({ key }) => key);
  return (
    <fieldset>
      <legend className="font-medium">Operations</legend>
      <div className="mt-1 flex flex-wrap items-center gap-2">
        <FindField
          room="fixed"
          aria-label="Find an operation"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
        <Button onClick={() => set(keys, true)}>Choose {shown.length === operations.length ? "all" : "shown"}</Button>
        <Button onClick={() => set(keys, false)}>Choose none</Button>
      </div>
      <ul className="mt-2 max-h-90 overflow-y-auto border-y border-line" tabIndex={-1}>
        {shown.map(({ key, description, reads }) => (
          <li key={key} className="border-b border-line py-1.5 last:border-b-0">
            <label className="flex items-start gap-2">
              <input
                type="checkbox"
                className="mt-0.5"
                checked={chosen.has(key)}
                onChange={(event) => set([key], event.target.checked)}
              />
              <span className="min-w-0">
                <span className="flex flex-wrap items-center gap-2">
                  <span className="wrap-anywhere font-mono text-mono">{key}</span>
                  {reads ? null : <Badge>Changes</Badge>}
                </span>
                <span className="block text-ink-2 text-small">{plain(description).slice(0, 160)}</span>
              </span>
            </label>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}
