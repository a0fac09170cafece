import { Fragment } from "react";
import { TextDiff } from "@/components/diff/text-diff";
import { argumentsOf } from "@/components/reviews/approval-text";
import { LongText } from "@/components/text/long-text";
import { Facts } from "@/components/ui/facts";
import { Say } from "@/components/ui/parts";
import type { CallPlan, FileChange, ReviewedCall } from "@/core/shapes/review";
import type { Review } from "@/core/shapes/shapes";
import { plural } from "@/core/words/figures";
import { withoutDisguise } from "@/core/words/visible";

/** Whether a difference or a plan shows the call, so that its arguments are further details. */
export function isShownWhole({ change, plan }: ReviewedCall): boolean {
  return change?.after != null || plan?.problem === null;
}

/** What runs, in full width: the difference of a file, the tool's plan, or the command; and once, where it runs. */
export function CallEvidence({ review, call }: { review: Review; call: ReviewedCall }) {
  const { change, plan } = call;
  return (
    <div className="space-y-2">
      {change ? <Change change={change} /> : null}
      {plan ? <Plan plan={plan} /> : null}
      <div className="overflow-hidden rounded-control border border-line bg-code" data-testid="evidence">
        {isShownWhole(call) ? null : (
          <div className="[&>pre]:px-4! [&>pre]:py-3! [&>pre]:text-row">
            <LongText isWhole text={argumentsOf(review)} />
          </div>
        )}
        <p
          className={`flex flex-wrap gap-x-4 gap-y-1 px-4 py-1.5 text-ink-2 text-small ${isShownWhole(call) ? "" : "border-line border-t"}`}
          data-testid="where-it-runs"
        >
          {whereWords(call).map((words) => (
            <span key={words}>{words}</span>
          ))}
          {call.hosts.length > 0 ? (
            <span>
              Reaches <b className="wrap-anywhere font-semibold text-ink">{call.hosts.join(", ")}</b>
            </span>
          ) : null}
          <span>Runs once, exactly this</span>
        </p>
      </div>
    </div>
  );
}

/** Only what the host knows of the call: its level and its server. */
function whereWords({ level, server }: ReviewedCall): string[] {
  if (server) return [`On the server ${server.name}`];
  return [level === "host" ? "On this machine, outside the sandbox" : "In the tree's sandbox"];
}

/** What the call would change in its file, as the folder is now. */
function Change({ change: { path, before, after, problem } }: { change: FileChange }) {
  if (after === null)
    return (
      <Say look="bad" className="my-2">
        The change cannot be shown. {problem}
      </Say>
    );
  if (before === after)
    return <p className="py-2 text-ink-2">The file {withoutDisguise(path)} already has this text.</p>;
  return (
    <div>
      <TextDiff name={withoutDisguise(path)} before={withoutDisguise(before ?? "")} after={withoutDisguise(after)} />
      {before === null ? <p className="mt-1 text-ink-3 text-small">The file does not exist yet.</p> : null}
    </div>
  );
}

/** What the call would do, as its tool says it. */
function Plan({ plan: { does, parts, files, files_total, problem } }: { plan: CallPlan }) {
  if (problem !== null)
    return (
      <Say look="bad" className="my-2">
        As the folder is now, the call would fail. {problem}
      </Say>
    );
  const more = files_total - files.length;
  return (
    <div data-testid="plan">
      <p className="wrap-anywhere font-medium text-body">{withoutDisguise(does)}</p>
      {parts.length > 0 ? (
        <Facts className="mt-1">
          {parts.map(({ name, text }) => (
            <Fragment key={name}>
              <dt>{name}</dt>
              <dd className="wrap-anywhere whitespace-pre-wrap font-mono text-mono">{withoutDisguise(text)}</dd>
            </Fragment>
          ))}
        </Facts>
      ) : null}
      {files.length > 0 ? (
        <section
          className="mt-1.5 rounded-control border border-line bg-code [&>pre]:px-3 [&>pre]:py-2"
          aria-label={plural(files_total, "file")}
        >
          <LongText isWhole text={withoutDisguise([...files, ...(more > 0 ? [`and ${more} more`] : [])].join("\n"))} />
        </section>
      ) : null}
    </div>
  );
}
