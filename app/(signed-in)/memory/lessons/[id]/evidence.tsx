import Link from "next/link";
import { messageAddress } from "@/components/trees/message-address";
import { StatusWord } from "@/components/ui/status";
import { Clock } from "@/components/ui/time";
import type { LessonDetail, LessonUse } from "@/core/shapes/memory";
import { whySentence } from "@/core/words/lessons";
import { withoutDisguise } from "@/core/words/visible";

/** More entries are folded away. */
const FIRST = 10;

/** Where a lesson was made and shown, with the outcome by the host's commands. */
export function Evidence({ lesson: { uses, uses_total: total, sources } }: { lesson: LessonDetail }) {
  const made = sources.filter(({ task }) => !uses.some((use) => use.why === "made" && use.task === task));
  if (uses.length === 0 && made.length === 0) return <p className="text-ink-2">Nothing yet.</p>;
  const [first, more] = [uses.slice(0, FIRST), uses.slice(FIRST)];
  return (
    <>
      <Uses uses={first} />
      {more.length > 0 ? (
        <details className="mt-1">
          <summary className="link cursor-pointer text-small">
            {uses.length < total ? `The newest ${uses.length} of ${total} times` : `All ${total} times`}
          </summary>
          <Uses uses={more} />
        </details>
      ) : null}
      {made.map((source) => (
        <p key={source.task} className="mt-1 text-ink-2">
          Made from <TreeLink {...source} seq={null} />, <Clock at={source.at} />.
        </p>
      ))}
    </>
  );
}

function Uses({ uses }: { uses: readonly LessonUse[] }) {
  return (
    <ul className="*:border-b *:border-line">
      {uses.map((use) => (
        <li
          key={`${use.task} ${use.at}`}
          className="grid grid-cols-[92px_minmax(0,1fr)] gap-x-3 py-1.5 phone:grid-cols-[84px_minmax(0,1fr)]"
        >
          <Outcome use={use} />
          <div className="min-w-0">
            <TreeLink {...use} />
            <p className="text-small text-ink-2">
              {use.wrong_by === null ? whySentence(use.why) : `${use.wrong_by} said that it was wrong here.`}{" "}
              <Clock at={use.at} />
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}

function Outcome({ use: { outcome, wrong_by } }: { use: LessonUse }) {
  if (wrong_by !== null || outcome === "harmed") return <StatusWord status="failed">Harmed</StatusWord>;
  if (outcome === "helped") return <StatusWord status="succeeded">Helped</StatusWord>;
  return <StatusWord status="waiting">Not verified</StatusWord>;
}

function TreeLink({ tree, tree_title, task, seq }: Pick<LessonUse, "tree" | "tree_title" | "task" | "seq">) {
  if (tree_title === null) return <span className="text-ink-2">a tree that was deleted</span>;
  return (
    <Link className="link wrap-anywhere" href={`/trees/${tree}${messageAddress(task, seq)}`} prefetch={false}>
      {withoutDisguise(tree_title)}
    </Link>
  );
}
