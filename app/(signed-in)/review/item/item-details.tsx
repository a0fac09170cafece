import Link from "next/link";
import { Fragment, type ReactNode } from "react";
import { argumentsOf } from "@/components/reviews/approval-text";
import { EvidenceBox } from "@/components/reviews/evidence-box";
import { LongText } from "@/components/text/long-text";
import { FOLD } from "@/components/ui/fold-look";
import { FoldMark } from "@/components/ui/fold-mark";
import { TimedText } from "@/components/ui/timed-text";
import type { ReviewedCall, ReviewItem } from "@/core/shapes/review";
import { spentOfText } from "@/core/words/figures";
import { levelWord } from "@/core/words/policy";
import { isShownWhole } from "./item-call";

type Line = [word: string, what: ReactNode];

/** The rest, folded: what waits, what it cost, what undoes it, and the exact call. */
export function Details({ item }: { item: ReviewItem }) {
  const { review, call, follows, path } = item;
  const isBlocking = review.waiting_tasks > 0 && review.status === "open";
  const lines: Line[] = [
    ...(call ? callLines(call) : []),
    ...(isBlocking ? [["Waiting", waitingWords(path)] as Line] : []),
    // A question has it as one of its outcomes.
    ...(review.if_ignored && review.kind !== "question"
      ? [["If ignored", <TimedText key="ignored" text={follows.ignored} />] as Line]
      : []),
    ["Cost so far", costWords(item.cost)],
    ["Undo", follows.undo],
  ];
  return (
    <details className={`${FOLD} mt-3`} data-testid="details">
      <summary>
        <FoldMark />
        <span className="text-ink-2">Details</span>
        <span className="min-w-0 truncate text-ink-3 phone:hidden">who waits, what it cost, how to undo it</span>
      </summary>
      <dl className="grid grid-cols-[132px_minmax(0,1fr)] gap-x-4 gap-y-1.5 py-1 pl-5 phone:grid-cols-1 phone:gap-y-0 [&>dd]:phone:mb-2 [&>dt]:text-ink-2">
        {lines.map(([word, what]) => (
          <Fragment key={word}>
            <dt>{word}</dt>
            <dd className="wrap-anywhere min-w-0">{what}</dd>
          </Fragment>
        ))}
        {item.seq !== null ? (
          <>
            <dt>Log</dt>
            <dd>
              <Link
                className="link"
                href={`/trees/${review.tree_id}?task=${review.task_id}&message=${item.seq}`}
                prefetch={false}
              >
                In the task's log
              </Link>
            </dd>
          </>
        ) : null}
      </dl>
      {call && isShownWhole(call) ? (
        <div className="pl-5">
          <p className="text-ink-2">Raw call</p>
          <EvidenceBox>
            <LongText text={argumentsOf(review)} />
          </EvidenceBox>
        </div>
      ) : null}
    </details>
  );
}

const MONO = "font-mono text-mono";

function callLines({ tool, level, server, why, hash }: ReviewedCall): Line[] {
  return [
    [
      "Tool",
      <span key="tool" className={MONO}>
        {tool}
      </span>,
    ],
    ...(level ? [["Level", levelWord(level)] as Line] : []),
    ...(server
      ? ([
          [
            "Server",
            <Fragment key="server">
              {server.name}, started as <span className={MONO}>{server.start}</span>
            </Fragment>,
          ],
          [
            "Schema",
            <span key="schema" className={MONO}>
              {server.schema_hash.slice(0, 16)}
            </span>,
          ],
        ] satisfies Line[])
      : []),
    ...(why ? [["Asked because", why] as Line] : []),
    [
      "Approves exactly",
      <Fragment key="hash">
        <span className={MONO} title={hash}>
          sha256 {hash.slice(0, 16)}
        </span>
        <span className="text-ink-3"> of tool and arguments</span>
      </Fragment>,
    ],
  ];
}

const NAMED = 3;

function waitingWords(path: ReviewItem["path"]): string {
  const titles = path.map((task) => `“${task.title}”`).reverse();
  const [own, ...above] = titles;
  if (above.length === 0) return `${own}, the root of the tree.`;
  const more = above.length > NAMED ? ` and ${above.length - NAMED} more` : "";
  return `${own}, and the tasks above it: ${above.slice(0, NAMED).join(", ")}${more}.`;
}

function costWords({ task, tree }: ReviewItem["cost"]): string {
  const words = ({ spent, grant }: ReviewItem["cost"]["task"]) => spentOfText(spent, grant.cost_usd);
  return `${words(task)} by this task and its subtasks; ${words(tree)} by the whole tree.`;
}
