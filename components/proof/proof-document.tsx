/** The proof of a result as a document: one column, which also prints. The page of a person and that of a link share it. */
import type { ReactNode } from "react";
import { MarkdownBody } from "@/components/text/markdown-body";
import { uniqueKeys } from "@/components/ui/hooks/unique-keys";
import { Icon } from "@/components/ui/icon";
import type { Proof } from "@/core/shapes/proof";
import { countsText } from "@/core/words/counts";
import { duration } from "@/core/words/figures";
import {
  checkText,
  claimsText,
  costText,
  leftOutText,
  noFilesText,
  originText,
  statusWord,
  utc,
} from "@/core/words/proof";
import { proofMarkdown } from "@/core/words/proof-markdown";
import { REASON_WORDS } from "@/core/words/reasons";
import { ClaimCard } from "./claim-card";
import { Code, Left, Part } from "./proof-parts";
import { CostPart, DecisionsPart, FilesPart } from "./proof-tables";

const FIRST_CLAIMS = 3;
const OTHERS = "other-claims";

const areShown = (claims: Proof["claims"]) => claims.length > 0 && claims.every(({ mark }) => mark === "shown");

interface ProofDocumentProps {
  proof: Proof;
  /** Buttons at the top, which do not print. */
  actions: ReactNode;
  /** What stands above the last line, and does not print. */
  sharing?: ReactNode;
  footer: ReactNode;
}

export function ProofDocument({ proof, actions, sharing, footer }: ProofDocumentProps) {
  const { claims, left_out: leftOut } = proof;
  const keys = uniqueKeys(claims.map(({ task, statement }) => `${task} ${statement}`));
  const first = claims.slice(0, FIRST_CLAIMS);
  const cards = claims.map((claim, index) => <ClaimCard key={keys[index]} claim={claim} of={proof} />);
  return (
    <div className="mx-auto w-full max-w-[820px] px-6 pt-12 pb-16 phone:px-4 phone:pt-4 print:max-w-none print:p-0">
      <div className="flex flex-wrap items-center gap-2 border-b border-line pb-3">
        <Icon name="banyan" className="size-4.5 text-accent" />
        <b className="font-semibold">Banyan</b>
        <span className="text-small text-ink-2">Proof of a result</span>
        <div className="ml-auto flex flex-wrap gap-2 print:hidden">{actions}</div>
      </div>
      <h1 className="mt-8 text-[28px]! leading-9! wrap-anywhere phone:mt-5 phone:text-[22px]! phone:leading-7!">
        {proof.title}
      </h1>
      {proof.from_archive ? <p className="mt-2 text-[15px] leading-6 font-medium">{originText(proof)}</p> : null}
      <Summary proof={proof} />
      <KeyFigures proof={proof} />
      <Part title="What was asked">
        <Asked proof={proof} />
      </Part>
      <Part title={areShown(first) && !proof.from_archive ? "What was shown" : "What was claimed"}>
        <p className="mb-3 text-ink-2">
          {checkText(proof)}
          {claims.length > FIRST_CLAIMS ? (
            <>
              {" "}
              These are {FIRST_CLAIMS} of {claims.length};{" "}
              <a className="link" href={`#${OTHERS}`}>
                the others
              </a>{" "}
              are below the files.
            </>
          ) : null}
        </p>
        {cards.slice(0, FIRST_CLAIMS)}
      </Part>
      <FilesPart proof={proof} />
      {claims.length > FIRST_CLAIMS || proof.corrected.length > 0 ? (
        <Part id={OTHERS} title="Other claims">
          {cards.slice(FIRST_CLAIMS)}
          <Left words={leftOutText(leftOut.claims, "claim")} />
          <Corrected proof={proof} />
        </Part>
      ) : null}
      <DecisionsPart proof={proof} />
      <CostPart proof={proof} />
      <CheckPart proof={proof} />
      <div className="print:hidden">
        <Part title="In a pull request">
          <p className="mb-2 text-ink-2">“Copy for a pull request” puts this Markdown on the clipboard.</p>
          <Code>{proofMarkdown(proof)}</Code>
        </Part>
        {sharing}
      </div>
      <p className="mt-8 border-t border-line pt-3 text-small wrap-anywhere text-ink-2">{footer}</p>
    </div>
  );
}

/** The first sentence of the result, and all of it where there is more. */
function Summary({ proof: { result, headline: first, reason, reason_detail: detail } }: { proof: Proof }) {
  const isAll = result === null || result.trim() === first;
  return (
    <>
      {reason !== null ? (
        <p className="mt-2 text-[15px] leading-6 text-fail wrap-anywhere">
          {REASON_WORDS[reason].says} {detail}
        </p>
      ) : null}
      {first !== null ? (
        <p className="mt-2 max-w-[720px] text-[17px] leading-6.5 wrap-anywhere text-ink-2">{first}</p>
      ) : null}
      {isAll ? null : (
        <details className="mt-3">
          <summary className="w-fit cursor-pointer text-small text-ink-2 hover:underline">The whole result</summary>
          <div className="mt-2 max-w-[720px] text-[15px] leading-6" data-markdown>
            <MarkdownBody text={result ?? ""} />
          </div>
        </details>
      )}
    </>
  );
}

const LOOKS = { succeeded: "text-ok", failed: "text-fail", stopped: "text-ink-2" } as const;

function KeyFigures({ proof }: { proof: Proof }) {
  const { claims, files, left_out: leftOut, status } = proof;
  const took = Date.parse(proof.ended_at) - Date.parse(proof.created_at);
  return (
    <dl className="mt-5 flex justify-between gap-x-6 gap-y-3 border-y border-line py-4 phone:grid phone:grid-cols-2 [&_dd]:text-[15px] [&_dd]:leading-6 [&_dd]:font-semibold [&_dt]:text-small [&_dt]:text-ink-2">
      <div>
        <dt>Result</dt>
        <dd className={`flex items-start gap-1.5 ${LOOKS[status]}`}>
          <Icon name={status === "succeeded" ? "succeeded" : "failed"} className="mt-1 size-4 flex-none" />
          {statusWord(proof)}, {claimsText(claims, leftOut.claims).toLowerCase()}
        </dd>
      </div>
      <div>
        <dt>Changed</dt>
        <dd>{files.problem === null ? <FileCount files={files} /> : noFilesText(files)}</dd>
      </div>
      <div>
        <dt>Cost</dt>
        <dd>{costText(proof)}</dd>
      </div>
      <div>
        <dt>Ended</dt>
        <dd>
          {utc(proof.ended_at)}
          <span className="block text-small font-normal text-ink-2">
            {countsText(proof.counts)}, {duration(took)} after its start
          </span>
        </dd>
      </div>
    </dl>
  );
}

function FileCount({ files: { total, additions, deletions } }: { files: Proof["files"] }) {
  return (
    <>
      {total} {total === 1 ? "file" : "files"}{" "}
      {additions === null ? null : <span className="text-ok">+{additions}</span>}{" "}
      {deletions === null ? null : <span className="text-fail">−{deletions}</span>}
    </>
  );
}

function Asked({ proof: { asked, left_out: leftOut } }: { proof: Proof }) {
  const keys = uniqueKeys(asked.map(({ at, text }) => at + text));
  return (
    <>
      {asked.map(({ text, by, at }, index) => (
        <blockquote key={keys[index]} className="mt-3 border-l-2 border-line-strong pl-4 first:mt-0">
          <p className="text-[15px] leading-6 wrap-anywhere whitespace-pre-wrap">{text}</p>
          <p className="text-small text-ink-2">
            {by}, {utc(at)}
          </p>
        </blockquote>
      ))}
      <Left words={leftOutText(leftOut.asked, "message")} />
    </>
  );
}

function Corrected({ proof: { corrected, left_out: leftOut } }: { proof: Proof }) {
  const keys = uniqueKeys(corrected.map(({ at, statement }) => at + statement));
  if (corrected.length === 0) return null;
  return (
    <>
      <p className="mt-3 text-ink-2">These claims did not hold when they were checked. The work then went on.</p>
      <ul className="mt-1 list-disc pl-5 text-ink-2">
        {corrected.map(({ statement, command, exit_status: exit, at }, index) => (
          <li key={keys[index]} className="wrap-anywhere">
            {statement} <code>{command ?? "no command"}</code> {exit === null ? "had no exit status" : `exited ${exit}`}
            , {utc(at)}
          </li>
        ))}
      </ul>
      <Left words={leftOutText(leftOut.corrected, "claim")} />
    </>
  );
}

function CheckPart({ proof: { files, claims } }: { proof: Proof }) {
  const [file] = files.items;
  const commands = [...new Set(claims.flatMap(({ mark, command }) => (mark === "shown" && command ? [command] : [])))];
  const lines = [
    ...(file?.blob_before ? [`git rev-parse COMMIT:${quoted(file.path)}`, `# ${file.blob_before} before`] : []),
    ...(file?.blob_after ? [`git hash-object --no-filters ${quoted(file.path)}`, `# ${file.blob_after} after`] : []),
    ...commands.slice(0, FIRST_CLAIMS),
  ];
  return (
    <Part title="Check it yourself">
      <p className="mb-2 text-ink-2">
        Git names contents by their hash. The first commands tell whether a commit is the one that the work began with,
        and whether your files are those of the result; then run the commands of the claims.
      </p>
      {lines.length > 0 ? <Code>{lines.join("\n")}</Code> : <p>There is nothing to check: no file and no command.</p>}
    </Part>
  );
}

/** A path as one word of a shell. */
const quoted = (path: string): string => (/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`);
