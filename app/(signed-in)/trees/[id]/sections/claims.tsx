import { LongText } from "@/components/text/long-text";
import { Markdown } from "@/components/text/markdown";
import { FoldMark } from "@/components/ui/fold-mark";
import { uniqueKeys } from "@/components/ui/hooks/unique-keys";
import { Icon, type IconName } from "@/components/ui/icon";
import type { ClaimMark, Verdict } from "@/core/log/terms";
import { Section } from "./section";

export const MARKS: Record<ClaimMark["mark"], { word: string; icon: IconName; look: string }> = {
  shown: { word: "Shown", icon: "succeeded", look: "text-ok" },
  judged: { word: "Judged", icon: "judged", look: "text-accent" },
  failed: { word: "Failed", icon: "failed", look: "text-fail" },
  neither: { word: "Not shown", icon: "failed", look: "text-fail" },
};

/** Lists each claim with its mark, the command that checks it, and the command's output or the judge's reason. */
export function Claims({
  verdict,
  tries,
  startsOpen,
}: {
  verdict: Verdict /** The attempt at the newest words of a person. */;
  tries: number;
  startsOpen: boolean;
}) {
  const outcome = { pass: "passed", fail: "failed", unjudged: "not judged" }[verdict.outcome];
  const claimKeys = uniqueKeys(verdict.claims.map((claim) => claim.statement));
  const reasonKeys = uniqueKeys(verdict.reasons);
  return (
    <Section
      name="claims"
      title={verdict.claims.length > 0 ? "Claims" : "Verdict"}
      summary=""
      always={
        <span className="text-small text-ink-3">
          {tries > 1 ? `attempt ${tries}, ` : ""}
          {outcome}
        </span>
      }
      startsOpen={startsOpen}
    >
      <ul>
        {verdict.claims.map((claim, index) => (
          <Claim key={claimKeys[index]} claim={claim} />
        ))}
      </ul>
      {verdict.reasons.map((reason, index) => (
        <div className="mt-1 text-ink-2" key={reasonKeys[index]}>
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
    <li className="grid grid-cols-[78px_minmax(0,1fr)] gap-x-2 border-line py-1.5 not-first:border-t">
      <span className={`inline-flex items-center gap-1.5 self-start font-medium whitespace-nowrap ${mark.look}`}>
        <Icon name={mark.icon} className="size-3.5 flex-none" />
        {mark.word}
      </span>
      <div>
        <Markdown text={claim.statement} />
        {claim.command ? (
          <p className="mt-0.5 text-small text-ink-2">
            <code className="leading-4">{claim.command}</code> {exit}
          </p>
        ) : null}
        {claim.output ? (
          <details className="mt-0.5">
            <summary className="flex h-5 w-fit min-w-0 cursor-pointer list-none items-center gap-2 rounded-control hover:underline [&::-webkit-details-marker]:hidden">
              <FoldMark />
              <span className="text-small text-ink-2">{claim.command ? "Output" : "Judge's reason"}</span>
            </summary>
            <LongText look="framed" text={claim.output} />
          </details>
        ) : null}
      </div>
    </li>
  );
}
