import type { ReactNode } from "react";
import { Markdown } from "@/components/text/markdown";
import { uniqueKeys } from "@/components/ui/hooks/unique-keys";
import { SectionHead } from "@/components/ui/page/section";
import { StatusWord, shownStatusOfTree } from "@/components/ui/status";
import type { ComparedTree, Comparison } from "@/core/shapes/shapes";
import { copiedText } from "@/core/words/comparison";
import { duration, exactCount, exactMoney, money, plural } from "@/core/words/figures";
import { REASON_SAYS } from "@/core/words/trees";
import { ComparedRow, SidesHead } from "./compared-row";

/** The compared facts, one row each. On a phone the two trees are stacked. */
const ROWS: [string, (tree: ComparedTree) => ReactNode][] = [
  ["Status", (tree) => <Status tree={tree} />],
  ["Verdict", (tree) => <VerdictCell tree={tree} />],
  ["Tasks", (tree) => exactCount(tree.tasks)],
  ["Tokens", (tree) => exactCount(tree.tokens)],
  ["Cost", (tree) => <Spent tree={tree} />],
  ["Duration", (tree) => duration(tree.seconds * 1_000)],
  ["Result", (tree) => (tree.result ? <Markdown text={tree.result} /> : <span className="text-ink-3">None yet</span>)],
];

export function ComparedTable({ trees }: Pick<Comparison, "trees">) {
  const [a, b] = trees;
  return (
    <section className="mt-6" aria-labelledby="came-out">
      <SectionHead>
        <h2 id="came-out">What came out</h2>
      </SectionHead>
      <table className="mt-2 w-full table-fixed border-collapse text-left align-top font-normal wrap-anywhere">
        <SidesHead trees={trees} />
        <tbody>
          {ROWS.map(([name, cell]) => (
            <ComparedRow key={name} name={name} a={cell(a)} b={cell(b)} />
          ))}
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
