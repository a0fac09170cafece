/** Stores the history of tools: calls, failures, durations, and why a tool is held back. */
import type { Sqlite } from "@/db/file/client";
import { iso } from "@/db/file/iso";
import type { Writes } from "@/db/file/writes";
import type { ToolUse } from "@/db/records/records";

export interface ToolState {
  calls: number;
  failures: number;
  durationMs: number;
  lastUsedAt: string | null;
  validatedAt: string | null;
  /** Why agents cannot use the tool now; null when they can. */
  quarantine: string | null;
}

export interface ToolStates {
  all(): Map<string, ToolState>;
  quarantineOf(tool: string): string | null;
  /** Holds the tool back; null ends that. Resolves with false when nothing changes. */
  quarantine(tool: string, why: string | null): Promise<boolean>;
}

type Row = Omit<ToolState, "lastUsedAt" | "validatedAt"> & {
  name: string;
  lastUsedAtMs: number | null;
  validatedAtMs: number | null;
};

export function createToolStates(sqlite: Sqlite, log: Writes): ToolStates {
  const select = sqlite.prepare(`
    SELECT name, calls, failures, duration_ms AS durationMs, last_used_at_ms AS lastUsedAtMs, quarantine,
      validated_at_ms AS validatedAtMs FROM tool_states`);
  const selectQuarantine = sqlite.prepare("SELECT quarantine FROM tool_states WHERE name = ?").pluck();
  const setQuarantine = sqlite.prepare(`
    INSERT INTO tool_states (name, quarantine) VALUES (@tool, @why)
    ON CONFLICT (name) DO UPDATE SET quarantine = @why WHERE quarantine IS NOT @why`);
  return {
    all() {
      const rows = select.all() as Row[];
      return new Map(
        rows.map(({ name, lastUsedAtMs, validatedAtMs, ...rest }) => {
          return [name, { ...rest, lastUsedAt: iso(lastUsedAtMs), validatedAt: iso(validatedAtMs) }];
        }),
      );
    },
    quarantineOf: (tool) => (selectQuarantine.get(tool) as string | null | undefined) ?? null,
    quarantine: (tool, why) => log.write(() => setQuarantine.run({ tool, why }).changes > 0),
  };
}

export function createToolStateWriter(sqlite: Sqlite) {
  const count = sqlite.prepare(`
    INSERT INTO tool_states (name, calls, failures, duration_ms, last_used_at_ms) VALUES (@tool, 1, @failed, @ms, @now)
    ON CONFLICT (name) DO UPDATE SET calls = calls + 1, failures = failures + @failed, duration_ms = duration_ms + @ms,
      last_used_at_ms = @now`);
  const validated = sqlite.prepare(`
    INSERT INTO tool_states (name, validated_at_ms) VALUES (@tool, @now)
    ON CONFLICT (name) DO UPDATE SET validated_at_ms = @now, quarantine = NULL`);
  return {
    count({ tool, isError, durationMs }: ToolUse, nowMs: number): void {
      count.run({ tool, failed: isError ? 1 : 0, ms: Math.round(durationMs), now: nowMs });
    },
    /** Notes that the server started, listed its tools and answered its probe. */
    validated(tool: string, nowMs: number): void {
      validated.run({ tool, now: nowMs });
    },
  };
}
