"use client";

import { Hint } from "@/components/ui/hint";
import { Skeleton } from "@/components/ui/page/skeleton";
import { FactTable } from "@/components/ui/table";
import { Clock } from "@/components/ui/time";
import type { ComparedCommit, PushComparison } from "@/core/shapes/reviews/found";
import { pushText } from "@/core/words/acts/push";
import { withoutDisguise } from "@/core/words/visible";
import { useLooked } from "./use-looked";

/** What a force-push would lose and bring on its remote, as Banyan reads it now; or why it did not look. */
export function PushEvidence({ id }: { id: string }) {
  const looked = useLooked(`reviews/${id}/push`);
  if (!looked)
    return (
      <Skeleton role="status" aria-label="Reading the remote">
        <i />
        <i className="w-4/5" />
      </Skeleton>
    );
  const { found, problem } = looked;
  if (!found) return <Hint className="mt-3">Not compared with the remote. {problem}</Hint>;
  return (
    <section className="mt-3" aria-label="Compared with the remote">
      <p className={found.loses.total > 0 ? "font-medium text-fail" : "text-ink-2"}>{pushText(found)}</p>
      {found.loses.total + found.gains.total > 0 ? (
        <FactTable stacks className="mt-2" columns={[`${found.branch} on ${found.host}`, "Commit", "By", "When"]}>
          {found.loses.commits.map((commit) => (
            <Row key={commit.commit} commit={commit} isLost />
          ))}
          <More of={found.loses} word="lost" />
          {found.gains.commits.map((commit) => (
            <Row key={commit.commit} commit={commit} />
          ))}
          <More of={found.gains} word="brought" />
        </FactTable>
      ) : null}
      <Hint>
        Read from the remote at <Clock at={found.looked_at} />.
      </Hint>
    </section>
  );
}

function Row({
  commit: { commit, subject, author, at },
  isLost = false,
}: {
  commit: ComparedCommit;
  isLost?: boolean;
}) {
  return (
    <tr>
      <td className={isLost ? "text-fail" : "text-ok"}>{isLost ? "− loses" : "+ gains"}</td>
      <td className="wrap-anywhere">
        {withoutDisguise(subject)} <span className="font-mono text-mono text-ink-3">{commit.slice(0, 7)}</span>
      </td>
      <td className="wrap-anywhere">{withoutDisguise(author)}</td>
      <td className="whitespace-nowrap">
        <Clock at={at} />
      </td>
    </tr>
  );
}

function More({ of: { commits, total }, word }: { of: PushComparison["loses"]; word: string }) {
  if (commits.length === total) return null;
  return (
    <tr>
      <td />
      <td colSpan={3} className="text-ink-3">
        and {total - commits.length} more {word}
      </td>
    </tr>
  );
}
