import Link from "next/link";
import type { ReactNode } from "react";
import { Markdown } from "@/components/text/markdown";
import { uniqueKeys } from "@/components/ui/hooks/unique-keys";
import { StatusWord, shownStatusOfTree } from "@/components/ui/status";
import type { ComparedTree, Comparison } from "@/core/shapes/shapes";
import { copiedText } from "@/core/words/comparison";
import { duration, exactCount, exactMoney, money, plural } from "@/core/words/figures";
import { REASON_WORDS } from "@/core/words/reasons";

/** The compared facts, one row each. On a phone the two trees are stacked. */
const ROWS: [string, (tree: ComparedTree) => ReactNode][] = [
  ["Status", (tree) => <Status tree={tree} />],
  ["Verdict", (tree) => <VerdictCell tree={tree} />],
  ["Agent", (tree) => tree.agent],
  ["Model", (tree) => <span className="font-mono text-mono">{tree.model}</span>],
  ["Tasks", (tree) => exactCount(tree.tasks)],
  ["Tokens", (tree) => exactCount(tree.tokens)],
  ["Cost", (tree) => <Spent tree={tree} />],
  ["Duration", (tree) => duration(tree.seconds * 1_000)],
  ["Result", (tree) => (tree.result ? <Markdown text={tree.result} /> : <span className="text-ink-3">None yet</span>)],
];

export function ComparedTable({ trees }: Pick<Comparison, "trees">) {
  return (
    <table className="mt-4 w-full table-fixed border-collapse text-left align-top font-normal wrap-anywhere">
      <thead>
        <tr className="phone:block">
          <th scope="col" className="w-26 border-b border-line phone:hidden">
            <span className="sr-only">Fact</span>
          </th>
          {trees.map((tree, index) => (
            <th
              scope="col"
              className="border-b border-line py-1.5 pr-6 font-normal phone:block phone:pr-0"
              key={SIDES[index]}
            >
              <b>{SIDES[index]}</b>{" "}
              <Link className="link" href={`/trees/${tree.tree_id}`}>
                {tree.title}
              </Link>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {ROWS.map(([name, cell]) => (
          <tr key={name} className="phone:block">
            <RowName>{name}</RowName>
            {trees.map((tree, index) => (
              <Side key={SIDES[index]} name={SIDES[index]}>
                {cell(tree)}
              </Side>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const SIDES = ["A", "B"];

function RowName({ children }: { children: string }) {
  return (
    <th
      scope="row"
      className="border-b border-line py-1.5 pr-6 align-top font-normal text-ink-2 phone:block phone:border-b-0 phone:pt-3 phone:pr-0 phone:pb-0 phone:text-small phone:font-medium"
    >
      {children}
    </th>
  );
}

/** One tree's cell. On a phone it starts with the tree's letter. */
function Side({ name, children }: { name: string | undefined; children: ReactNode }) {
  return (
    <td
      data-side={name}
      className="relative border-b border-line py-1.5 pr-6 align-top phone:block phone:pt-1 phone:pr-0 phone:pl-6 phone:before:absolute phone:before:left-0 phone:before:font-semibold phone:before:content-[attr(data-side)]"
    >
      {children}
    </td>
  );
}

function Status({ tree }: { tree: ComparedTree }) {
  const why = tree.status === "failed" || tree.status === "stopped" ? tree.reason : null;
  return (
    <>
      <StatusWord status={shownStatusOfTree(tree)} />
      {why ? <p className="mt-1 text-ink-2">{REASON_WORDS[why].says}</p> : null}
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
