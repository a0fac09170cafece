"use client";

import { useState } from "react";
import { operate } from "@/app/operate";
import { refreshPage } from "@/components/refresh/refresh-page";
import { useAction } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import type { ListedTool } from "@/core/shapes/tools";
import { POLICY_WORDS } from "@/core/words/policy";

interface PolicySelectProps {
  tool: Pick<ListedTool, "name" | "policy" | "records">;
  /** The word for "inherit", with the policy that it resolves to. */
  inherited: string;
  /** Why the person cannot change the policy here; null if they can. */
  locked: string | null;
}

const RECORDS: [string, string][] = [
  ["auto", POLICY_WORDS.auto],
  ["deny", POLICY_WORDS.deny],
];

/** A select for the policy of a tool. The result of a change appears below it. */
export function PolicySelect({ tool: { name, policy, records }, inherited, locked }: PolicySelectProps) {
  const { pending, outcome, run } = useAction();
  // Shown until the page knows it. What somebody else sets later is shown, too.
  const [choice, setChoice] = useState<{ over: string; value: string } | null>(null);
  if (choice !== null && choice.over !== policy) setChoice(null);
  const options = records ? RECORDS : ([["inherit", inherited], ...Object.entries(POLICY_WORDS)] as [string, string][]);
  // Only "deny" changes anything for a tool that only writes records.
  const current = records && policy !== "deny" ? "auto" : policy;
  if (locked !== null) {
    const word = options.find(([value]) => value === current)?.[1] ?? current;
    return (
      <span className="text-ink-2" title={locked}>
        {word}
      </span>
    );
  }

  function choose(value: string): void {
    setChoice({ over: policy, value });
    run(
      () => operate("setToolPolicy", { id: name, policy: value }),
      (result) => {
        if (result.ok) refreshPage();
        // A refused change must not look chosen.
        else setChoice(null);
      },
    );
  }

  return (
    <>
      <select
        aria-label={`Policy of ${name}`}
        value={choice?.value ?? current}
        aria-busy={pending}
        onChange={(event) => choose(event.target.value)}
      >
        {options.map(([value, word]) => (
          <option key={value} value={value}>
            {word}
          </option>
        ))}
      </select>
      <OutcomeLine outcome={outcome} />
    </>
  );
}
