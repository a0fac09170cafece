import { Fragment } from "react";
import { TextDiff } from "@/components/diff/text-diff";
import { argumentsOf } from "@/components/reviews/approval-text";
import { EvidenceBox } from "@/components/reviews/evidence-box";
import { LongText } from "@/components/text/long-text";
import { Facts } from "@/components/ui/facts";
import { FOLD } from "@/components/ui/fold-look";
import { FoldMark } from "@/components/ui/fold-mark";
import { Say } from "@/components/ui/parts";
import type { CallPlan, FileChange, ReviewedCall } from "@/core/shapes/review";
import type { Review } from "@/core/shapes/shapes";
import { levelWord } from "@/core/words/policy";
import { withoutDisguise } from "@/core/words/visible";
import { PartHead } from "./item-parts";

function CallText({ review }: { review: Review }) {
  return (
    <EvidenceBox>
      <LongText text={argumentsOf(review)} />
    </EvidenceBox>
  );
}

/** What the call would change in its file, as the folder is now. */
function Change({ change: { path, before, after, problem } }: { change: FileChange }) {
  if (after === null)
    return (
      <Say look="bad" className="my-2">
        The change cannot be shown. {problem}
      </Say>
    );
  if (before === after) return <p className="py-2 text-ink-2">The file {path} already has this text.</p>;
  return (
    <div className="mt-1.5">
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
    <div className="mt-1.5" data-testid="plan">
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
        <EvidenceBox>
          <LongText text={withoutDisguise([...files, ...(more > 0 ? [`and ${more} more`] : [])].join("\n"))} />
        </EvidenceBox>
      ) : null}
    </div>
  );
}

/** The exact call that would run: every argument, what it reaches, and the hash that the approval is bound to. */
export function CallEvidence({ review, call }: { review: Review; call: ReviewedCall }) {
  const { tool, level, why, hosts, server, hash, change, plan } = call;
  const isShown = change?.after != null || plan?.problem === null;
  return (
    <>
      <PartHead note="exactly this call, in the sandbox of its tree">What runs</PartHead>
      {change ? <Change change={change} /> : null}
      {plan ? <Plan plan={plan} /> : null}
      {isShown ? (
        <details className={`${FOLD} mt-2`}>
          <summary>
            <FoldMark />
            <span>All arguments</span>
          </summary>
          <CallText review={review} />
        </details>
      ) : (
        <CallText review={review} />
      )}
      <Facts className="mt-2">
        <dt>Tool</dt>
        <dd className="font-mono text-mono wrap-anywhere">{tool}</dd>
        {level ? (
          <>
            <dt>Level</dt>
            <dd>{levelWord(level)}</dd>
          </>
        ) : null}
        {hosts.length > 0 ? (
          <>
            <dt>Reaches</dt>
            <dd className="font-mono text-mono wrap-anywhere">{hosts.join(", ")}</dd>
          </>
        ) : null}
        {server ? (
          <>
            <dt>Server</dt>
            <dd className="wrap-anywhere">
              {server.name}, started as <span className="font-mono text-mono">{server.start}</span>
            </dd>
            <dt>Schema</dt>
            <dd className="font-mono text-mono wrap-anywhere">{server.schema_hash.slice(0, 16)}</dd>
          </>
        ) : null}
        <dt>Approves</dt>
        <dd>
          <span className="font-mono text-mono wrap-anywhere" title={hash}>
            sha256 {hash.slice(0, 16)}
          </span>
          <span className="text-ink-3"> of tool and arguments</span>
        </dd>
        {why ? (
          <>
            <dt>Asked because</dt>
            <dd>{why}</dd>
          </>
        ) : null}
      </Facts>
    </>
  );
}
