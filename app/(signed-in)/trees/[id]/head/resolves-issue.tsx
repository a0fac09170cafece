import Link from "next/link";
import { ForgeLink } from "@/components/trees/forge-link";
import { PartLinks } from "@/components/trees/part-links";
import { StatusWord } from "@/components/ui/status";
import type { IssueOfTree } from "@/core/shapes/forges";
import { FORGE_STATES, FORGE_STATUSES, pullNamed } from "@/core/words/projects";

/** The issue that the tree resolves, with its pull request, or those of several repositories. The tree's feed brings their state also after its end. */
export function ResolvesIssue({ issue }: { issue: IssueOfTree }) {
  const { project, host, kind, issue_host, name, url, pull, parts, state } = issue;
  return (
    <p className="flex min-w-0 flex-wrap items-center gap-x-2 text-small text-ink-3">
      <span className="min-w-0 truncate">
        Resolves{" "}
        <ForgeLink address={url} host={issue_host} className="link">
          issue {name}
        </ForgeLink>{" "}
        of{" "}
        <Link className="link" href={`/projects/${encodeURIComponent(project)}`}>
          {project}
        </Link>
        {pull === null || parts.length > 0 ? null : (
          <>
            {" by "}
            <ForgeLink address={pull.url} host={host} className="link">
              {pullNamed(kind, pull.number)}
            </ForgeLink>
          </>
        )}
      </span>
      {parts.length > 0 ? (
        <span className="min-w-0">
          by <PartLinks parts={parts} />
        </span>
      ) : null}
      <StatusWord status={FORGE_STATUSES[state]}>{FORGE_STATES[state]}</StatusWord>
    </p>
  );
}
