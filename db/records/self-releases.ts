/** What the launcher has told of agents' releases, for all processes that show it. */
import type { ReleasesStatus } from "@/core/shapes/improving/self";
import type { Sqlite } from "@/db/file/client";
import { createFacts } from "@/db/file/facts";
import type { Writes } from "@/db/file/writes";

export interface SelfReleases {
  /** Returns null where no launcher has told anything. */
  status(): ReleasesStatus | null;
  /** null: no launcher runs the server. */
  tell(status: ReleasesStatus | null): Promise<void>;
}

const FACT = "agents_releases";

export function createSelfReleases(sqlite: Sqlite, log: Writes): SelfReleases {
  const facts = createFacts(sqlite);
  return {
    status: () => JSON.parse(facts.read(FACT) ?? "null") as ReleasesStatus | null,
    tell: (status) =>
      log.write(() => {
        const text = JSON.stringify(status);
        if (facts.read(FACT) !== text) facts.write(FACT, text);
      }),
  };
}
