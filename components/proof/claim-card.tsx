import { Icon, type IconName } from "@/components/ui/icon";
import type { Proof, ProofClaim } from "@/core/shapes/proof";
import { CLAIM_WORDS, exitText, runnerText, utc } from "@/core/words/proof";

const LOOKS: Record<ProofClaim["mark"], { icon: IconName; look: string }> = {
  shown: { icon: "succeeded", look: "text-ok" },
  judged: { icon: "judged", look: "text-accent" },
  failed: { icon: "failed", look: "text-fail" },
  neither: { icon: "failed", look: "text-fail" },
};

/** A claim with its command and output. `of`: the proof, whose task needs no name. */
export function ClaimCard({ claim, of }: { claim: ProofClaim; of: Proof }) {
  const { statement, command, output, mark, at, judged_by: judge } = claim;
  const { icon, look } = LOOKS[mark];
  const facts = [
    ...(command === undefined ? [] : [exitText(claim)]),
    ...(judge === null ? [] : [`${judge.agent}, ${judge.model}`]),
    ...(claim.task === of.title ? [] : [`of “${claim.task}”`]),
    ...(claim.runner === undefined ? [] : [runnerText(claim.runner)]),
    ...(at === null ? [] : [utc(at)]),
  ];
  return (
    <article className="mt-3 break-inside-avoid-page overflow-hidden rounded-lg border border-line first-of-type:mt-0">
      <div className="flex flex-wrap items-baseline gap-x-4 gap-y-1 px-4 py-2.5">
        <span className={`inline-flex items-center gap-1.5 self-center font-medium whitespace-nowrap ${look}`}>
          <Icon name={icon} className="size-3.5 flex-none" />
          {CLAIM_WORDS[mark]}
        </span>
        <b className="min-w-0 flex-1 basis-60 font-medium wrap-anywhere">{statement}</b>
        <span className="text-small wrap-anywhere text-ink-2">{facts.join(" · ")}</span>
      </div>
      {command !== undefined || output !== null ? (
        <pre className="border-t border-line bg-sunk px-4 py-3 font-mono text-mono wrap-anywhere whitespace-pre-wrap">
          {command === undefined ? "" : `$ ${command}\n`}
          {output === null ? "(its output was not recorded)" : output.trim() === "" ? "(no output)" : output.trimEnd()}
        </pre>
      ) : null}
    </article>
  );
}
