import type { Review } from "@/agents/core/shapes";
import type { ReviewedCall } from "@/agents/core/shapes-review";
import { argumentsOf } from "@/components/reviews/approval-text";
import { LongText } from "@/components/text/long-text";

const LEVELS: Record<string, string> = {
  read: "read: looks at files of its tree",
  write: "write: changes files of its tree",
  network: "network: reaches hosts outside",
  host: "host: touches this machine beyond its folder",
  change: "change: changes Banyan itself",
};

/** Exactly what would run, and nothing else: every argument, where it reaches, and the hash that the approval is bound to. */
export function CallEvidence({ review, call }: { review: Review; call: ReviewedCall }) {
  const { tool, level, why, hosts, server, hash } = call;
  return (
    <>
      <h3>
        What runs <span className="small">exactly this, in the sandbox of its tree</span>
      </h3>
      <div className="evidence exact">
        <LongText text={argumentsOf(review)} />
      </div>
      <dl className="facts left mt-2">
        <dt>Tool</dt>
        <dd className="mono wrapany">{tool}</dd>
        {level ? (
          <>
            <dt>Level</dt>
            <dd>{LEVELS[level] ?? level}</dd>
          </>
        ) : null}
        {hosts.length > 0 ? (
          <>
            <dt>Reaches</dt>
            <dd className="mono wrapany">{hosts.join(", ")}</dd>
          </>
        ) : null}
        {server ? (
          <>
            <dt>Server</dt>
            <dd className="wrapany">
              {server.name}, started as <span className="mono">{server.start}</span>
            </dd>
            <dt>Schema</dt>
            <dd className="mono wrapany">{server.schema_hash.slice(0, 16)}</dd>
          </>
        ) : null}
        <dt>Bound to</dt>
        <dd>
          <span className="mono wrapany" title={hash}>
            sha256 {hash.slice(0, 16)}
          </span>
          <span className="faint"> of tool and arguments</span>
        </dd>
        {why ? (
          <>
            <dt>Asked for</dt>
            <dd>{why}</dd>
          </>
        ) : null}
      </dl>
    </>
  );
}
