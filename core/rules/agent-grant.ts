/** Limits a task's grant by its agent's configuration. Pure. */
import { type GrantAmounts, NO_CAPS } from "@/core/log/amounts";
import type { AgentBody } from "./configuration";

/** Returns the given grant, capped by the agent's own. The rest stays with the parent. */
export function withinGrantOf(given: GrantAmounts, agent: Pick<AgentBody, "grant"> | null): GrantAmounts {
  if (!agent?.grant) return given;
  const { costUsd, ...rest } = agent.grant;
  const own = { ...NO_CAPS, ...rest, microUsd: costUsd === undefined ? null : Math.floor(costUsd * 1_000_000 + 1e-6) };
  return {
    tokens: least(given.tokens, own.tokens),
    microUsd: least(given.microUsd, own.microUsd),
    tasks: least(given.tasks, own.tasks),
    depth: least(given.depth, own.depth),
    seconds: least(given.seconds, own.seconds),
  };
}

/** Returns the smaller cap; null means no cap. */
function least(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}
