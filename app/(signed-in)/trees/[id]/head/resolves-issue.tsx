"use client";

import Link from "next/link";
import { usePolled } from "@/components/http/use-polled";
import { ForgeLink } from "@/components/trees/forge-link";
import { StatusWord } from "@/components/ui/status";
import type { ForgeOfProject, IssueOfTree } from "@/core/shapes/forges";
import { FORGE_STATES, FORGE_STATUSES } from "@/core/words/projects";

const POLL_MS = 10_000;

/** The issue that the tree resolves, with its pull request. Both go on after the tree's end, which no feed brings. */
export function ResolvesIssue({ issue }: { issue: IssueOfTree }) {
  const isOver = issue.state === "merged" || issue.state === "closed";
  return isOver ? <Line issue={issue} /> : <Followed issue={issue} />;
}

const NOT_READ: { forge: ForgeOfProject | null } = { forge: null };

function Followed({ issue }: { issue: IssueOfTree }) {
  const { value } = usePolled(`projects/${encodeURIComponent(issue.project)}/forge`, NOT_READ, POLL_MS);
  const now = value.forge?.issues.find(({ number }) => number === issue.number);
  return <Line issue={now ? { ...issue, state: now.state, pull: now.pull } : issue} />;
}

function Line({ issue: { project, host, number, url, pull, state } }: { issue: IssueOfTree }) {
  return (
    <p className="flex min-w-0 flex-wrap items-center gap-x-2 text-small text-ink-3">
      <span className="min-w-0 truncate">
        Resolves{" "}
        <ForgeLink address={url} host={host} className="link">
          issue #{number}
        </ForgeLink>{" "}
        of{" "}
        <Link className="link" href={`/projects/${encodeURIComponent(project)}`}>
          {project}
        </Link>
        {pull === null ? null : (
          <>
            {" by "}
            <ForgeLink address={pull.url} host={host} className="link">
              pull request #{pull.number}
            </ForgeLink>
          </>
        )}
      </span>
      <StatusWord status={FORGE_STATUSES[state]}>{FORGE_STATES[state]}</StatusWord>
    </p>
  );
}
