import Link from "next/link";
import { StatusGlyph, shownStatusOfTree } from "@/components/ui/status";
import type { ScheduleRun } from "@/core/shapes/schedules";
import { STATUS_WORDS } from "@/core/words/status";

const OUTCOMES: Record<ScheduleRun["outcome"], string> = {
  pending: "Beginning",
  begun: "Begun",
  skipped: "Skipped",
  failed: "Did not begin",
};

/** One time of a schedule: when it was due, its tree, and why there is none. */
export function RunLine({ run }: { run: ScheduleRun }) {
  const { due_at, due_local, cause, by, outcome, sentence, tree, evolution } = run;
  const status = tree && outcome === "begun" ? shownStatusOfTree(tree) : null;
  return (
    <span className="min-w-0" data-run={outcome}>
      <span className="flex min-w-0 flex-wrap items-center gap-x-2">
        <time dateTime={due_at}>{due_local}</time>
        {cause === "person" ? <span className="text-ink-3">by {by}</span> : null}
        {status && tree ? (
          <Link className="link inline-flex min-w-0 items-center gap-1.5" href={`/trees/${tree.id}`} prefetch={false}>
            <StatusGlyph status={status} labelled={false} />
            {STATUS_WORDS[status]}
            <span className="sr-only">: {tree.title}</span>
          </Link>
        ) : evolution ? (
          <Link className="link" href={`/projects/${evolution.project}/evolve`} prefetch={false}>
            {evolution.fault !== null ? "Failed to evolve" : evolution.state === "ended" ? "Evolved" : "Evolving"}
            <span className="sr-only">: {evolution.project}</span>
          </Link>
        ) : (
          <span className={outcome === "failed" ? "text-fail" : "text-ink-3"}>{OUTCOMES[outcome]}</span>
        )}
      </span>
      {sentence === null ? null : (
        <span className="block wrap-anywhere text-ink-3">
          {sentence}
          {outcome === "skipped" && tree ? (
            <>
              {" "}
              <Link className="link" href={`/trees/${tree.id}`} prefetch={false}>
                Open that tree
              </Link>
            </>
          ) : null}
        </span>
      )}
    </span>
  );
}
