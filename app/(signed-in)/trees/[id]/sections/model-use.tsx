"use client";

import { useEffect, useState } from "react";
import { fetchJson } from "@/components/http/fetch-json";
import { Hint } from "@/components/ui/hint";
import type { ModelUse as Use, Used } from "@/core/shapes/log";
import type { Task } from "@/core/shapes/shapes";
import { count, exactMoney, plural } from "@/core/words/figures";
import { inputText } from "@/core/words/usage";

/** What the task's own model calls used: the first turn, which shows what an agent's prompt costs, and all of them. */
export function ModelUse({ task }: { task: Task }) {
  const { use, problem } = useModelUse(task);
  if (problem) return <Hint isBad>{problem}</Hint>;
  if (!use?.first_turn) return null;
  const rows: [string, Used][] = [["First turn", use.first_turn]];
  if (use.calls > 1) rows.push([plural(use.calls, "model call"), use]);
  return (
    <dl className="mt-2 ml-5 grid grid-cols-[max-content_1fr] gap-x-6 text-ink-2" data-testid="model-use">
      {rows.map(([name, used]) => (
        <div key={name} className="contents">
          <dt>{name}</dt>
          <dd>{usedText(used)}</dd>
        </div>
      ))}
    </dl>
  );
}

function usedText({ input_tokens, cache_read_tokens, output_tokens, cost_usd }: Used): string {
  const input = inputText({ input: input_tokens, cached: cache_read_tokens });
  return `${input}, ${count(output_tokens)} out · ${exactMoney(cost_usd)}`;
}

/** Reads the figures when the section is opened, and after each turn. */
function useModelUse({ id, turns, attempt }: Task): { use: Use | null; problem: string | null } {
  const [found, setFound] = useState<{ of: string; use: Use | null; problem: string | null } | null>(null);
  const revision = [turns, attempt].join(" ");
  useEffect(() => {
    if (!revision) return;
    const ended = new AbortController();
    fetchJson(`tasks/${id}/usage`, ended.signal).then(
      (use) => setFound({ of: id, use, problem: null }),
      (error: Error) => ended.signal.aborted || setFound({ of: id, use: null, problem: error.message }),
    );
    return () => ended.abort();
  }, [id, revision]);
  return found?.of === id ? found : { use: null, problem: null };
}
