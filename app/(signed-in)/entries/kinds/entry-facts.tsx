import Link from "next/link";
import { Fragment } from "react";
import { Separator } from "@/components/ui/parts";
import type { EntryKind, ListedEntry } from "@/core/shapes/configuration";
import { exactCount } from "@/core/words/figures";
import { addressOf } from "./kinds";
import { runsText } from "./use-text";

/** A line above the form: who uses the entry, and how its tasks went. */
export function EntryFacts({ listed }: { listed: ListedEntry }) {
  const { kind, agents, runbooks, tokens } = listed;
  return (
    <p className="text-ink-2 text-small" data-testid="facts">
      {kind === "document" ? (
        agents.length > 0 ? (
          <>
            Used by <EntryNames kind="agent" names={agents} />
          </>
        ) : (
          "Not used by any agent"
        )
      ) : (
        runsText(listed)
      )}
      {runbooks.length > 0 ? (
        <>
          <Separator />
          Started by <EntryNames kind="runbook" names={runbooks} />
        </>
      ) : null}
      {kind === "document" ? (
        <>
          <Separator />
          about {exactCount(tokens)} tokens
        </>
      ) : null}
    </p>
  );
}

/** Links to entries, separated by commas. */
export function EntryNames({ kind, names }: { kind: EntryKind; names: string[] }) {
  return names.map((name, index) => (
    <Fragment key={name}>
      {index > 0 ? ", " : ""}
      <Link className="link" href={addressOf(kind, name)}>
        {name}
      </Link>
    </Fragment>
  ));
}
