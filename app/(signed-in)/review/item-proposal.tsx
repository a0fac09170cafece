"use client";

import type { Review } from "@/agents/core/shapes";
import type { ProposedPart, ReviewedProposal } from "@/agents/core/shapes-review";
import { TextDiff } from "@/components/diff/text-diff";
import { LongText } from "@/components/text/long-text";
import { Markdown } from "@/components/text/markdown";
import { withoutDisguise } from "@/components/text/visible";
import { plural } from "@/components/ui/format";
import { Icon } from "@/components/ui/icon";
import { Say } from "@/components/ui/parts";

/** Why it is proposed, what is dangerous about it, and what the host found. */
export function ProposalEvidence({ review, proposal }: { review: Review; proposal: ReviewedProposal }) {
  const { kind, name, hash, why, base_version: base, hazards, stale } = proposal;
  const tested = kind === "tool" ? /^The host ran [\s\S]*?(?=\n\n---|$)/m.exec(review.evidence ?? "")?.[0] : undefined;
  return (
    <>
      <h3>
        Why <span className="small">in the words of {proposal.proposed_by}</span>
      </h3>
      <div className="dim">
        <Markdown text={why || "No reason is given."} />
      </div>
      {stale ? (
        <Say look="bad">
          The {kind} {name} has changed since this was proposed, so it cannot be approved any more: reject it, and have
          it proposed anew.
        </Say>
      ) : null}
      {hazards.length > 0 ? (
        <ul className="hazards">
          {hazards.map((hazard) => (
            <li key={hazard}>
              <Icon name="tri" />
              {hazard}
            </li>
          ))}
        </ul>
      ) : null}
      {tested ? (
        <div className="evidence">
          <LongText text={withoutDisguise(tested)} />
        </div>
      ) : null}
      <p className="small faint mt-2">
        {base === null ? `A new ${kind}` : `Against version ${base}`}
        <span className="sep" />
        approves exactly{" "}
        <span className="mono" title={hash}>
          sha256 {hash.slice(0, 16)}
        </span>
      </p>
    </>
  );
}

/** What would be another: each part against the live version; what stays is folded. */
export function ProposalParts({ proposal }: { proposal: ReviewedProposal }) {
  const changed = proposal.parts.filter((part) => part.before !== part.after);
  const same = proposal.parts.filter((part) => part.before === part.after);
  return (
    <section className="block">
      <h3>
        Changes{" "}
        <span className="small">
          {plural(changed.length, "part")} of {proposal.parts.length}
        </span>
      </h3>
      {changed.map((part) => (
        <Part key={part.name} part={part} />
      ))}
      {same.length > 0 ? (
        <details className="inst mt-3">
          <summary>
            <Icon name="chev" className="i tw" />
            <span>As it is</span> <span className="faint">{same.map((part) => part.name).join(", ")}</span>
          </summary>
          {same.map((part) => (
            <div className="evidence" key={part.name}>
              <p className="cuts">{part.name}</p>
              <LongText text={withoutDisguise(part.after)} />
            </div>
          ))}
        </details>
      ) : null}
    </section>
  );
}

function Part({ part: { name, form, before, after } }: { part: ProposedPart }) {
  if (form === "list") return <ListPart name={name} before={before} after={after} />;
  if (form === "line" || (form === "code" && !after.includes("\n") && !(before ?? "").includes("\n")))
    return (
      <p className="linepart">
        <span className="dim">{name}</span>
        <span className="wrapany">
          {before ? (
            <>
              <del>{withoutDisguise(before)}</del>{" "}
            </>
          ) : null}
          <ins>{withoutDisguise(after) || "none"}</ins>
        </span>
      </p>
    );
  return (
    <div className="mt-2">
      <TextDiff name={name} before={withoutDisguise(before ?? "")} after={withoutDisguise(after)} />
    </div>
  );
}

function ListPart({ name, before, after }: Pick<ProposedPart, "name" | "before" | "after">) {
  const [was, is] = [linesOf(before ?? ""), linesOf(after)];
  const added = is.filter((one) => !was.includes(one));
  const removed = was.filter((one) => !is.includes(one));
  const kept = is.length - added.length;
  return (
    <p className="linepart">
      <span className="dim">{name}</span>
      <span className="wrapany">
        {removed.map((one) => (
          <del key={one}>{withoutDisguise(one)}</del>
        ))}
        {added.map((one) => (
          <ins key={one}>{withoutDisguise(one)}</ins>
        ))}
        {kept > 0 ? <span className="faint">{kept} as before</span> : null}
      </span>
    </p>
  );
}

function linesOf(text: string): string[] {
  return [...new Set(text.split("\n").filter((line) => line !== ""))];
}
