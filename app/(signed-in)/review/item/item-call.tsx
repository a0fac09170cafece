import { argumentsOf } from "@/components/reviews/approval-text";
import { EvidenceBox } from "@/components/reviews/evidence-box";
import { LongText } from "@/components/text/long-text";
import { Facts } from "@/components/ui/facts";
import type { ReviewedCall } from "@/core/shapes/review";
import type { Review } from "@/core/shapes/shapes";
import { levelWord } from "@/core/words/policy";
import { PartHead } from "./item-parts";

/** The exact call that would run: every argument, what it reaches, and the hash that the approval is bound to. */
export function CallEvidence({ review, call }: { review: Review; call: ReviewedCall }) {
  const { tool, level, why, hosts, server, hash } = call;
  return (
    <>
      <PartHead note="exactly this call, in the sandbox of its tree">What runs</PartHead>
      <EvidenceBox>
        <LongText text={argumentsOf(review)} />
      </EvidenceBox>
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
