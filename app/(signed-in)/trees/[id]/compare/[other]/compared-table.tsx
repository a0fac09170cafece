import type { ReactNode } from "react";
import { Markdown } from "@/components/text/markdown";
import { uniqueKeys } from "@/components/ui/hooks/unique-keys";
import { Icon } from "@/components/ui/icon";
import { SectionHead } from "@/components/ui/page/section";
import { StatusWord, shownStatusOfTree } from "@/components/ui/status";
import type { ComparedTree, Comparison } from "@/core/shapes/comparison";
import { copiedText } from "@/core/words/comparison";
import { duration, exactCount, exactMoney, money, plural } from "@/core/words/figures";
import { REASON_SAYS } from "@/core/words/trees";
import { MARKS } from "../../sections/claims";
import { ComparedRow, SidesHead } from "./compared-row";
import { KeepOne } from "./keep-one";

const LISTED_CLAIMS = 8;

/** The compared facts, one row each. On a phone the two trees are stacked. */
const ROWS: [string, (tree: ComparedTree) => ReactNode][] = [
  ["Status", (tree) => <Status tree={tree} />],
  ["Result", (tree) => (tree.result ? <Markdown text={tree.result} /> : <span className="text-ink-3">None yet</span>)],
  ["Claims", (tree) => <ClaimsCell tree={tree} />],
  ["Verdict", (tree) => <VerdictCell tree={tree} />],
  ["Cost", (tree) => <Spent tree={tree} />],
  ["Tokens", (tree) => exactCount(tree.tokens)],
  ["Duration", (tree) => duration(tree.seconds * 1_000)],
  ["Tasks", (tree) => exactCount(tree.tasks)],
];

interface ComparedTableProps {
  comparison: Comparison;
  mayKeep: boolean;
}

/** The results of both, side by side, with the button that keeps one. */
export function ComparedTable({ comparison: { trees, files }, mayKeep }: ComparedTableProps) {
  const [a, b] = trees;
  const isOne = a.tree_id === b.tree_id;
  const hasRounds = a.rounds !== null || b.rounds !== null;
  return (
    <section className="mt-6" aria-labelledby="came-out">
      <SectionHead>
        <h2 id="came-out">What came out</h2>
      </SectionHead>
      <table className="mt-2 w-full table-fixed border-collapse text-left align-top font-normal wrap-anywhere">
        <SidesHead
          trees={trees}
          {...(mayKeep &&
            !isOne && {
              below: [
                <KeepOne key="A" name="A" other="B" tree={a} left={b} />,
                <KeepOne key="B" name="B" other="A" tree={b} left={a} />,
              ],
            })}
        />
        <tbody>
          {ROWS.map(([name, cell]) => (
            <ComparedRow key={name} name={name} a={cell(a)} b={cell(b)} />
          ))}
          {hasRounds ? <ComparedRow name="Rounds" a={roundsText(a)} b={roundsText(b)} /> : null}
          {files && files.length > 0 ? (
            <ComparedRow name="Files" a={filesText(files, "deleted")} b={filesText(files, "added")} />
          ) : null}
        </tbody>
      </table>
    </section>
  );
}

function Status({ tree }: { tree: ComparedTree }) {
  const why = tree.status === "failed" || tree.status === "stopped" ? tree.reason : null;
  return (
    <>
      <StatusWord status={shownStatusOfTree(tree)} />
      {why ? <p className="mt-1 text-ink-2">{REASON_SAYS[why]}</p> : null}
    </>
  );
}

const roundsText = ({ rounds }: ComparedTree) => (rounds === null ? "no goal" : exactCount(rounds));

/** Says how many files differ, and how many only this side has. */
function filesText(files: NonNullable<Comparison["files"]>, onlyHere: "added" | "deleted"): string {
  const [only, differ] = [onlyHere, "modified"].map((change) => files.filter((file) => file.change === change).length);
  return (
    [
      differ ? `${plural(differ, "file")} ${differ === 1 ? "differs" : "differ"}` : "",
      only ? `${plural(only, "file")} only here` : "",
    ]
      .filter(Boolean)
      .join(", ") || "none only here"
  );
}

/** The claims with their marks; those after the first few are counted. */
function ClaimsCell({ tree: { verdict } }: { tree: ComparedTree }) {
  const claims = verdict?.claims ?? [];
  if (claims.length === 0) return <span className="text-ink-3">None</span>;
  const keys = uniqueKeys(claims.map(({ statement }) => statement));
  return (
    <ul>
      {claims.slice(0, LISTED_CLAIMS).map(({ mark, statement }, index) => (
        <li key={keys[index]} className="flex items-start gap-2">
          <Icon
            name={MARKS[mark].icon}
            label={MARKS[mark].word}
            className={`mt-[3px] size-3.5 flex-none ${MARKS[mark].look}`}
          />
          <span className="min-w-0">{statement}</span>
        </li>
      ))}
      {claims.length > LISTED_CLAIMS ? <li className="text-ink-2">and {claims.length - LISTED_CLAIMS} more</li> : null}
    </ul>
  );
}

const OUTCOMES = { pass: "Passed", fail: "Failed", unjudged: "Not judged" };

function VerdictCell({ tree: { verdict } }: { tree: ComparedTree }) {
  if (!verdict) return <span className="text-ink-3">None yet</span>;
  const count = (mark: string) => verdict.claims.filter((claim) => claim.mark === mark).length;
  const marks = [
    ["shown", "shown"],
    ["judged", "judged"],
    ["failed", "failed"],
    ["neither", "not shown"],
  ].flatMap(([mark = "", word = ""]) => (count(mark) > 0 ? [`${count(mark)} ${word}`] : []));
  const keys = uniqueKeys(verdict.reasons);
  return (
    <>
      {OUTCOMES[verdict.outcome]}
      {marks.length > 0 ? `: ${plural(verdict.claims.length, "claim")}, ${marks.join(", ")}` : ""}
      {verdict.reasons.map((reason, index) => (
        <div className="mt-1 text-ink-2" key={keys[index]}>
          <Markdown text={reason} />
        </div>
      ))}
    </>
  );
}

function Spent({ tree }: { tree: ComparedTree }) {
  const copied = copiedText(tree);
  return (
    <>
      <span title={exactMoney(tree.cost_usd)}>{money(tree.cost_usd)}</span>
      {copied ? (
        <span className="text-ink-2" title={`${exactMoney(tree.copied.cost_usd)} copied`}>
          , {copied}
        </span>
      ) : null}
    </>
  );
}
