/** The launcher's reports about agents' releases, for all processes that show them. */
import type { ReleasesStatus } from "@/core/shapes/improving/self";
import type { Sqlite } from "@/db/file/client";
import { createFacts } from "@/db/file/facts";
import type { Writes } from "@/db/file/writes";

export interface SelfReleases {
  /** Returns null where no launcher has told anything. */
  status(): ReleasesStatus | null;
  /** Returns the review items of changes that became permanent, also of those that the launcher has forgotten. */
  released(): string[];
  /** null: no launcher runs the server. */
  tell(status: ReleasesStatus | null): Promise<void>;
}

const FACT = "agents_releases";
const RELEASED = "agents_released";
/** There are at most three a day, and only those since a person's last release are needed. */
const MOST_RELEASED = 1_000;

export function createSelfReleases(sqlite: Sqlite, log: Writes): SelfReleases {
  const facts = createFacts(sqlite);
  const released = () => JSON.parse(facts.read(RELEASED) ?? "[]") as string[];
  return {
    status: () => JSON.parse(facts.read(FACT) ?? "null") as ReleasesStatus | null,
    released,
    tell: (status) =>
      log.write(() => {
        const text = JSON.stringify(status);
        if (facts.read(FACT) === text) return;
        facts.write(FACT, text);
        const all = new Set([...released(), ...releasedIn(status)]);
        facts.write(RELEASED, JSON.stringify([...all].slice(-MOST_RELEASED)));
      }),
  };
}

/** A release on trial may still be taken back; a retired release was permanent. */
function releasedIn(status: ReleasesStatus | null): string[] {
  const permanent = status?.releases.filter(({ state }) => state === "permanent" || state === "retired") ?? [];
  return permanent.map(({ item }) => item);
}
