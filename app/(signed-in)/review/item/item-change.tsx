"use client";

import { CopyButton } from "@/components/text/copy-button";
import { Markdown } from "@/components/text/markdown";
import { CommandLine } from "@/components/ui/command-line";
import { Facts } from "@/components/ui/facts";
import { Say } from "@/components/ui/parts";
import { TimedText } from "@/components/ui/timed-text";
import type { ReviewedChange, ReviewedProposal } from "@/core/shapes/review";
import { plural } from "@/core/words/figures";
import { flagsBesides, gateTitle, othersText } from "@/core/words/gates";
import { withoutDisguise } from "@/core/words/visible";
import { ChangedFiles } from "./item-change-files";
import { Gates } from "./item-gates";
import { Packages } from "./item-packages";
import { PartHead } from "./item-parts";

interface ChangeProps {
  proposal: ReviewedProposal;
  change: ReviewedChange;
}

/** Why Banyan's own source should change, the effect that the change is judged by, and what exactly is approved. */
export function ChangeEvidence({ proposal, change }: ChangeProps) {
  const { expects, branch, base, commit, others_approved: others } = change;
  return (
    <section aria-label="Why">
      <PartHead note={`written by ${proposal.proposed_by}`}>Why</PartHead>
      <div className="text-ink-2">
        <Markdown text={proposal.why || "No reason given."} />
      </div>
      <Facts className="mt-3">
        <dt>Expected</dt>
        <dd className="wrap-anywhere">
          <b className="font-medium">
            {withoutDisguise(expects.metric)} {expects.direction} by {withoutDisguise(expects.amount)}
          </b>
          <span className="text-ink-2">; to measure: {withoutDisguise(expects.measured)}</span>
        </dd>
        <dt>So far</dt>
        <dd>{othersText(others)}</dd>
        <dt>Branch</dt>
        <dd className="wrap-anywhere font-mono text-mono">{branch}</dd>
        <dt>Approves</dt>
        <dd>
          <span className="font-mono text-mono" title={commit}>
            {commit.slice(0, 12)}
          </span>{" "}
          on the release{" "}
          <span className="font-mono text-mono" title={base}>
            {base.slice(0, 12)}
          </span>
        </dd>
      </Facts>
    </section>
  );
}

/** The flags, the diff with source and tests apart, and what each gate said. `cannot`: why the reader cannot approve. */
export function ChangeParts({ proposal, change, cannot }: ChangeProps & { cannot: string | null }) {
  const { flags, packages, gates, files } = change;
  const patch = proposal.parts.find(({ form }) => form === "patch")?.after ?? "";
  return (
    <div className="space-y-5">
      {flags.length > 0 ? <Flags change={change} cannot={cannot} /> : null}
      <Packages packages={packages} />
      <ChangedFiles files={files} patch={patch} />
      <Gates gates={gates} />
    </div>
  );
}

/** What happens now with the change, and how to take an approved one into a checkout. */
export function Stage({ change: { stage, pull, release } }: { change: ReviewedChange }) {
  const isStopped = release?.state === "bad" || release?.state === "dropped";
  const goesOn = isStopped
    ? "To have it in your checkout anyway:"
    : "The launcher does this by itself. To have it in your checkout, too (optional):";
  return (
    <Say look={isStopped ? "bad" : pull === null ? "you" : "good"} className="mt-4">
      <p data-testid="stage">
        <TimedText text={stage.sentence} />
      </p>
      {pull === null ? null : (
        <>
          {release ? <p>{goesOn}</p> : null}
          <CommandLine className="wrap-anywhere whitespace-pre-wrap" data-testid="pull">
            <code>{pull}</code>
          </CommandLine>
          <p className="mt-2">
            <CopyButton text={pull}>Copy the command</CopyButton>
          </p>
        </>
      )}
    </Say>
  );
}

function Flags({ change, cannot }: { change: ReviewedChange; cannot: string | null }) {
  const { flags } = change;
  const ofPackages = flags.filter((one) => one.package !== undefined).length;
  return (
    <section aria-label="Flags" data-testid="flags">
      <Say look="you" icon="flag">
        <h3>{plural(flags.length, "flag")} to look at before you decide</h3>
        <ul className="mt-1 space-y-1">
          {flagsBesides(change).map(({ gate, path, line, text }) => (
            <li className="wrap-anywhere" key={`${gate} ${path} ${line} ${text}`}>
              {path === null ? null : (
                <span className="font-medium font-mono text-mono">
                  {withoutDisguise(path)}
                  {line === null ? "" : `:${line}`}{" "}
                </span>
              )}
              {withoutDisguise(text)} <span className="text-ink-2 text-small">{gateTitle({ gate })}</span>
            </li>
          ))}
          {ofPackages > 0 ? <li>{plural(ofPackages, "package")} in the list below.</li> : null}
        </ul>
        {cannot ? <p className="mt-2 font-medium">{cannot}</p> : null}
      </Say>
    </section>
  );
}
