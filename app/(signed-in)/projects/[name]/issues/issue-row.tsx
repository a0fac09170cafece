import Link from "next/link";
import { ForgeLink } from "@/components/trees/forge-link";
import { PartLinks } from "@/components/trees/part-links";
import { Separator } from "@/components/ui/parts";
import { StatusWord } from "@/components/ui/status";
import { Elapsed } from "@/components/ui/time";
import type { ForgeOfProject, IssueOfForge, PartOfChange } from "@/core/shapes/forges";
import { plural } from "@/core/words/figures";
import { gatesSentence } from "@/core/words/gates";
import { FORGE_STATES, FORGE_STATUSES, pullNamed } from "@/core/words/projects";
import { withoutDisguise } from "@/core/words/visible";

/** An issue that became work: how it stands, who asked, and where it is worked on. */
export function IssueRow({
  issue,
  forge: { kind, host, jira },
}: {
  issue: IssueOfForge;
  forge: Pick<ForgeOfProject, "kind" | "host" | "jira">;
}) {
  const {
    number,
    name,
    title,
    url,
    asked_by,
    state,
    why,
    tree,
    pull,
    parts,
    gates,
    rounds,
    changed_at,
    taken_back_at,
  } = issue;
  const change = pull === null ? "" : pullNamed(kind, pull.number);
  const of = <span className="sr-only"> of issue {name}</span>;
  return (
    <li data-issue={number}>
      <div
        className="-mx-2 grid grid-cols-[minmax(0,1fr)_auto] gap-x-3 rounded-sm px-2 py-[7px] phone:grid-cols-1"
        data-row
        tabIndex={-1}
      >
        <ForgeLink address={url} host={jira?.host ?? host} className="block min-w-0 font-medium wrap-anywhere">
          <span className="text-ink-3">{name}</span> {withoutDisguise(title)}
        </ForgeLink>
        <span className="flex items-center gap-2 justify-self-end phone:justify-self-start">
          <StatusWord status={FORGE_STATUSES[state]}>{FORGE_STATES[state]}</StatusWord>
          <span className="w-16 text-right whitespace-nowrap text-ink-3 phone:w-auto">
            <Elapsed since={changed_at} until={null} /> ago
          </span>
        </span>
        <p className="col-span-full min-w-0 text-ink-2 wrap-anywhere">
          Asked by {withoutDisguise(asked_by)}
          {rounds > 0 ? (
            <>
              <Separator />
              {plural(rounds, "round")} of reviews and checks
            </>
          ) : null}
          {tree === null ? null : (
            <>
              <Separator />
              <Link className="link" href={`/trees/${tree}`} prefetch={false}>
                Tree{of}
              </Link>
            </>
          )}
          {parts.length === 0 ? null : (
            <>
              <Separator />
              <PartLinks parts={parts} />
            </>
          )}
          {pull === null || parts.length > 0 ? null : (
            <>
              <Separator />
              <ForgeLink address={pull.url} host={host} className="link">
                {change.charAt(0).toUpperCase() + change.slice(1)}
              </ForgeLink>
            </>
          )}
        </p>
        {parts.map((part) => (
          <PartSays key={part.folder} part={part} />
        ))}
        {gates === null ? null : (
          <p className="col-span-full min-w-0 text-ink-2 wrap-anywhere">{gatesSentence(gates)}</p>
        )}
        {taken_back_at === null ? null : (
          <p className="col-span-full min-w-0 text-fail">
            Somebody took the merge back <Elapsed since={taken_back_at} until={null} /> ago.
          </p>
        )}
        {why === null ? null : (
          <p className={`col-span-full min-w-0 wrap-anywhere ${state === "failed" ? "text-fail" : "text-ink-2"}`}>
            {withoutDisguise(why)}
          </p>
        )}
      </div>
    </li>
  );
}

/** What the gates say of a change in one of several repositories, and what it waits for. */
function PartSays({ part: { folder, gates, why } }: { part: PartOfChange }) {
  const said = [gates && gatesSentence(gates), why && withoutDisguise(why)].filter(Boolean).join(" ");
  if (said === "") return null;
  return (
    <p className="col-span-full min-w-0 text-ink-2 wrap-anywhere">
      {folder}: {said}
    </p>
  );
}
