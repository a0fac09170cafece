"use client";

import Link from "next/link";
import type { ReactNode } from "react";
import { TextDiff } from "@/components/diff/text-diff";
import { FaultList } from "@/components/faults/fault-list";
import { EvidenceBox } from "@/components/reviews/evidence-box";
import { LongText } from "@/components/text/long-text";
import { Markdown } from "@/components/text/markdown";
import { FOLD } from "@/components/ui/fold-look";
import { FoldMark } from "@/components/ui/fold-mark";
import { Icon } from "@/components/ui/icon";
import { MustSeePlace } from "@/components/ui/must-see";
import { Say, Separator } from "@/components/ui/parts";
import type { ProposedPart, ReviewedProposal, ReviewedSeed } from "@/core/shapes/review";
import { plural } from "@/core/words/figures";
import { withoutDisguise } from "@/core/words/visible";
import { PartHead } from "./item-parts";

/** What to know before the changes are read: where they come from, hazards, and the result of Banyan's own test. */
export function ProposalNotes({ proposal }: { proposal: ReviewedProposal }) {
  const { kind, name, hazards, stale, tested, faults, tainted, seed } = proposal;
  if (!(seed || stale || tested || tainted) && hazards.length === 0 && faults.length === 0) return null;
  return (
    <section aria-label="Notes">
      {seed ? <FromRelease seed={seed} /> : null}
      {stale ? (
        <Say look="bad">
          The {kind} {name} has changed since this proposal, so you cannot approve it.{" "}
          {seed
            ? "The next start of the server proposes it again, against what is installed then."
            : "Reject it and ask for a new proposal."}
        </Say>
      ) : null}
      {hazards.length > 0 ? (
        <ul className="mt-2 space-y-1">
          {hazards.map((hazard) => (
            <li className="flex min-w-0 items-stretch gap-2 py-1 text-fail" key={hazard}>
              <Icon name="tri" className="mt-0.5 size-3.5 text-ink-3" />
              {hazard}
            </li>
          ))}
        </ul>
      ) : null}
      {tainted ? (
        <Say className="mt-2">Its author had read content from outside, so no policy may approve it.</Say>
      ) : null}
      {faults.length > 0 ? (
        <div className="mt-4" data-testid="prevented">
          <PartHead note="quoted by the host">Faults that it would prevent</PartHead>
          <FaultList faults={faults} isOpen />
        </div>
      ) : null}
      {tested ? (
        <EvidenceBox>
          <LongText isWhole text={withoutDisguise(tested)} />
        </EvidenceBox>
      ) : null}
    </section>
  );
}

/** Why something is proposed, in its author's words, and what exactly is approved. */
export function ProposalReasons({ proposal }: { proposal: ReviewedProposal }) {
  const { kind, hash, why, base_version: base, seed, proposed_by: author } = proposal;
  return (
    <section aria-label="Why">
      <PartHead note={seed ? "written by Banyan" : `written by ${author}`}>Why</PartHead>
      <div className="text-ink-2">
        <Markdown text={why || "No reason given."} />
      </div>
      <p className="mt-2 text-ink-3 text-small">
        {base === null ? `A new ${kind}` : seed?.removes ? `Removes version ${base}` : `Against version ${base}`}
        <Separator />
        you approve exactly{" "}
        <span className="font-mono text-mono" title={hash}>
          sha256 {hash.slice(0, 16)}
        </span>
      </p>
    </section>
  );
}

/** Which release brought the seed, the code that a person approved with it, and its file. */
function FromRelease({ seed: { release, title, item, file } }: { seed: ReviewedSeed }) {
  return (
    <div className="mb-4 last:mb-0" data-testid="from-release">
      <PartHead>From release {release}</PartHead>
      <p className="wrap-anywhere text-ink-2">
        “{withoutDisguise(title)}”
        <Separator />
        <Link className="link" href={`/review?item=${item}`}>
          Its approved code
        </Link>
        <Separator />
        <code>{withoutDisguise(file)}</code>
      </p>
    </div>
  );
}

/** The proposed changes: each part compared with the live version. Unchanged parts are folded. */
export function ProposalParts({ proposal }: { proposal: ReviewedProposal }) {
  const changed = proposal.parts.filter((part) => part.before !== part.after);
  const same = proposal.parts.filter((part) => part.before === part.after);
  return (
    <section>
      <PartHead note={`${plural(changed.length, "part")} of ${proposal.parts.length}`}>Changes</PartHead>
      {changed.map((part) => (
        <Part key={part.name} part={part} />
      ))}
      {same.length > 0 ? (
        <details className={`${FOLD} mt-3`}>
          <summary>
            <FoldMark />
            <span>Unchanged</span> <span className="text-ink-3">{same.map((part) => part.name).join(", ")}</span>
          </summary>
          {/* What stays as it is need not be read. */}
          <MustSeePlace value={null}>
            {same.map((part) => (
              <EvidenceBox key={part.name}>
                <p>{part.name}</p>
                <LongText text={withoutDisguise(part.after)} />
              </EvidenceBox>
            ))}
          </MustSeePlace>
        </details>
      ) : null}
    </section>
  );
}

function Part({ part: { name, form, before, after } }: { part: ProposedPart }) {
  if (form === "list") return <ListPart name={name} before={before} after={after} />;
  if (form === "line" || (form === "code" && !after.includes("\n") && !(before ?? "").includes("\n")))
    return (
      <NamedLine name={name}>
        {before ? (
          <>
            <Removed>{withoutDisguise(before)}</Removed>{" "}
          </>
        ) : null}
        <Added>{withoutDisguise(after) || "none"}</Added>
      </NamedLine>
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
    <NamedLine name={name}>
      {removed.map((one) => (
        <Removed key={one}>{withoutDisguise(one)}</Removed>
      ))}
      {added.map((one) => (
        <Added key={one}>{withoutDisguise(one)}</Added>
      ))}
      {kept > 0 ? <span className="text-ink-3">{kept} unchanged</span> : null}
    </NamedLine>
  );
}

function NamedLine({ name, children }: { name: string; children: ReactNode }) {
  return (
    <p className="grid grid-cols-[96px_minmax(0,1fr)] gap-2 border-line border-b py-1.5">
      <span className="text-ink-2">{name}</span>
      <span className="wrap-anywhere">{children}</span>
    </p>
  );
}

const WORDS = "mr-1.5 mb-0.5 inline-block rounded-sm px-1 no-underline";

function Added({ children }: { children: string }) {
  return <ins className={`${WORDS} bg-ok-bg before:text-ok before:content-['+_'_/_'added:_']`}>{children}</ins>;
}

function Removed({ children }: { children: string }) {
  return <del className={`${WORDS} bg-fail-bg before:text-fail before:content-['−_'_/_'removed:_']`}>{children}</del>;
}

function linesOf(text: string): string[] {
  return [...new Set(text.split("\n").filter((line) => line !== ""))];
}
