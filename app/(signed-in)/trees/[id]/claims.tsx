import type { ClaimMark, Verdict } from "@/agents/core/shapes";
import { LongText } from "@/components/text/long-text";
import { Markdown } from "@/components/text/markdown";
import { Icon, type IconName } from "@/components/ui/icon";
import { uniqueKeys } from "@/components/ui/unique-keys";
import { Section } from "./section";

const MARKS: Record<ClaimMark["mark"], { word: string; icon: IconName; look: string }> = {
  shown: { word: "Shown", icon: "succeeded", look: "shown" },
  judged: { word: "Judged", icon: "judged", look: "judged" },
  failed: { word: "Failed", icon: "failed", look: "neither" },
  neither: { word: "Neither", icon: "failed", look: "neither" },
};

/** Evidence before opinion: each claim with its mark, the command that was to show it, and what that said. */
export function Claims({ verdict, attempt, startsOpen }: { verdict: Verdict; attempt: number; startsOpen: boolean }) {
  const outcome = { pass: "passed", fail: "did not hold", unjudged: "not judged" }[verdict.outcome];
  const claimKeys = uniqueKeys(verdict.claims.map((claim) => claim.statement));
  const reasonKeys = uniqueKeys(verdict.reasons);
  return (
    <Section
      name="claims"
      title={verdict.claims.length > 0 ? "Claims" : "Verdict"}
      summary=""
      always={
        <span className="small faint">
          attempt {attempt}, {outcome}
        </span>
      }
      startsOpen={startsOpen}
    >
      <ul className="claims">
        {verdict.claims.map((claim, index) => (
          <Claim key={claimKeys[index]} claim={claim} />
        ))}
      </ul>
      {verdict.reasons.map((reason, index) => (
        <div className="dim mt-1" key={reasonKeys[index]}>
          <Markdown text={reason} />
        </div>
      ))}
    </Section>
  );
}

function Claim({ claim }: { claim: ClaimMark }) {
  const mark = MARKS[claim.mark];
  const exit = claim.exit_status === null ? "was not run" : `exited ${claim.exit_status}`;
  return (
    <li>
      <span className={`mark ${mark.look}`}>
        <Icon name={mark.icon} className="g" />
        {mark.word}
      </span>
      <div>
        <Markdown text={claim.statement} />
        {claim.command ? (
          <p className="ev">
            <code>{claim.command}</code> {exit}
          </p>
        ) : null}
        {claim.output ? (
          <details className="tool">
            <summary>
              <Icon name="chev" className="i tw" />
              <span className="small dim">{claim.command ? "Output" : "Words of the judge"}</span>
            </summary>
            <LongText text={claim.output} />
          </details>
        ) : null}
      </div>
    </li>
  );
}
