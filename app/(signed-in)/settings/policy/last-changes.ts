import type { ListedAudit } from "@/agents/application";
import { LEVELS, type Level } from "@/core/log/entries";

export interface Changed {
  by: string;
  at: string;
}

/** Returns who last changed each level and the hosts. `rows` are rows of the audit log, newest first. */
export function lastChanges(rows: readonly ListedAudit[]): {
  levels: Partial<Record<Level, Changed>>;
  hosts: Changed | null;
} {
  const levels: Partial<Record<Level, Changed>> = {};
  let hosts: Changed | null = null;
  for (const { actor, at, detail } of rows) {
    const change = detailOf(detail);
    if (change.outcome !== "done") continue;
    for (const level of LEVELS) {
      if (change.levels && level in change.levels) levels[level] ??= { by: actor, at };
    }
    const isAboutHosts = change.add_hosts || change.remove_hosts || change.addHosts || change.removeHosts;
    if (isAboutHosts) hosts ??= { by: actor, at };
  }
  return { levels, hosts };
}

interface Detail {
  outcome?: unknown;
  levels?: Record<string, unknown>;
  add_hosts?: unknown;
  remove_hosts?: unknown;
  /** As earlier versions named them. */
  addHosts?: unknown;
  removeHosts?: unknown;
}

/** Returns the parsed detail; empty if the detail was too long and was cut, so that it is not valid JSON. */
function detailOf(text: string): Detail {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}
