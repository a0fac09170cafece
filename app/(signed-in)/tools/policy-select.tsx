"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { useAction } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { POLICY_WORDS } from "@/core/words/policy";
import { setToolPolicy } from "./actions";

interface PolicySelectProps {
  tool: string;
  policy: string;
  /** What "inherit" comes to. */
  inherited: string;
  /** Why it cannot be changed here; null: it can. */
  locked: string | null;
}

/** What happens when the tool is called. What follows from a choice stands below it. */
export function PolicySelect({ tool, policy, inherited, locked }: PolicySelectProps) {
  const router = useRouter();
  const { pending, outcome, run } = useAction();
  const [chosen, setChosen] = useState<string | null>(null);
  const options = [["inherit", inherited], ...Object.entries(POLICY_WORDS)] as [string, string][];
  if (locked !== null) {
    const word = options.find(([value]) => value === policy)?.[1] ?? policy;
    return (
      <span className="text-ink-2" title={locked}>
        {word}
      </span>
    );
  }

  function choose(value: string): void {
    setChosen(value);
    run(
      () => setToolPolicy(tool, value),
      (result) => {
        // What was refused is not shown as chosen.
        setChosen(result.ok ? value : null);
        if (result.ok) router.refresh();
      },
    );
  }

  return (
    <>
      <select
        aria-label={`When ${tool} is called`}
        value={chosen ?? policy}
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
