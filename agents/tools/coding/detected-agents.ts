/** Which coding agents are on this machine: names on the search path and files with versions, nothing is started. */
import type { CodingAgent } from "@/core/shapes/capabilities/coding-agents";
import type { FirstRequests } from "@/db/capabilities/first-requests";
import type { SpokenProtocols } from "@/db/capabilities/spoken-protocols";
import { findExecutable } from "@/lib/acp/executable";
import type { ConfiguredAgent } from "@/lib/env/coding-agents";
import { executorsWith } from "./executors";

export interface FoundSources {
  configured: readonly ConfiguredAgent[];
  /** In the form of PATH. */
  searchPath: string;
  firstRequests?: Pick<FirstRequests, "tokensOf">;
  spokenProtocols?: Pick<SpokenProtocols, "providersOf">;
  /** Whether the server can reach this provider's models. */
  isAvailable(provider: string): boolean;
}

/** Returns every known and every configured agent. */
export function foundAgents({
  configured,
  searchPath,
  firstRequests,
  spokenProtocols,
  isAvailable,
}: FoundSources): CodingAgent[] {
  const own = new Set(configured.map(({ name }) => name));
  return executorsWith(configured).map((executor) => {
    const first = findExecutable(executor.programs, searchPath);
    const found = first ?? findExecutable(executor.streamPrograms ?? [], searchPath);
    const providers = executor.providers ?? (found && spokenProtocols?.providersOf(executor.name, found)) ?? null;
    return {
      name: executor.name,
      title: executor.title,
      program: found?.file ?? null,
      way: first ? "acp" : found ? "stream-json" : null,
      version: found?.version ?? null,
      licence: found?.licence ?? (own.has(executor.name) ? null : (executor.licence ?? null)),
      terms: executor.terms ?? null,
      install: own.has(executor.name) ? null : executor.install,
      providers: (providers ?? []).map((name) => ({ name, available: isAvailable(name) })),
      // Each of them reaches models only through the gateway, which reserves every request in the task's grant first.
      has_hard_cap: true,
      first_request_tokens: found ? (firstRequests?.tokensOf(executor.name, found.version) ?? null) : null,
    };
  });
}
