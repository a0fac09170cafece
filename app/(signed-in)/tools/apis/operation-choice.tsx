"use client";

import { useState } from "react";
import { FindField } from "@/components/ui/find-field";
import { Badge, Button } from "@/components/ui/parts";
import type { ApiPreview } from "@/core/shapes/servers/outside";
import { plain } from "@/core/words/figures";
import { PartChoice, withChoice } from "../parts/part-choice";
import type { DescribedForm } from "../parts/use-described";

interface OperationChoiceProps {
  described: DescribedForm;
  operations: ApiPreview["operations"];
}

/** The operations of a document, with a search for those to choose. */
export function OperationChoice({ described, operations }: OperationChoiceProps) {
  const [query, setQuery] = useState("");
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = operations.filter(({ key, name, description }) =>
    words.every((word) => `${key} ${name} ${description}`.toLowerCase().includes(word)),
  );
  const { form, chosen, choose } = described;
  const set = (isChosen: boolean) => {
    choose(
      withChoice(
        chosen,
        shown.map(({ key }) => key),
        isChosen,
      ),
    );
    form.clear("operations");
  };
  return (
    <PartChoice
      described={described}
      name="operations"
      legend="Operations"
      parts={shown.map(({ key, description, reads }) => ({
        key,
        title: (
          <span className="flex flex-wrap items-center gap-2">
            <span className="wrap-anywhere font-mono text-mono">{key}</span>
            {reads ? null : <Badge>Changes</Badge>}
          </span>
        ),
        description: plain(description).slice(0, 160),
      }))}
    >
      <div className="mt-1 flex flex-wrap items-center gap-2">
        <FindField
          room="fixed"
          aria-label="Find an operation"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
        <Button onClick={() => set(true)}>Choose {shown.length === operations.length ? "all" : "shown"}</Button>
        <Button onClick={() => set(false)}>Choose none</Button>
      </div>
    </PartChoice>
  );
}
