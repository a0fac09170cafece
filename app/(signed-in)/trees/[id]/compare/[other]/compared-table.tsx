import Link from "next/link";
import type { ReactNode } from "react";
import { REASONS } from "@/agents/core/reasons";
import type { ComparedTree, Comparison } from "@/agents/core/shapes";
import { Markdown } from "@/components/text/markdown";
import { duration, exactCount, exactMoney, money, plural } from "@/components/ui/format";
import { StatusWord, shownStatusOfTree } from "@/components/ui/status";
import { uniqueKeys } from "@/components/ui/unique-keys";
import { copiedText } from "./compared-words";

/** What can be weighed, one line each; on a phone the two trees stand below each other. */
const ROWS: [string, (tree: ComparedTree) => ReactNode][] = [
  ["Status", (tree) => <Status tree={tree} />],
  ["Verdict", (tree) => <VerdictCell tree={tree} />],
  ["Agent", (tree) => tree.agent],
  ["Model", (tree) => <span className="mono">{tree.model}</span>],
  ["Tasks", (tree) => exactCount(tree.tasks)],
  ["Tokens", (tree) => exactCount(tree.tokens)],
  ["Spent", (tree) => <Spent tree={tree} />],
  ["Took", (tree) => duration(tree.seconds * 1_000)],
  ["Result", (tree) => (tree.result ? <Markdown text={tree.result} /> : <span className="faint">None yet</span>)],
];

export function ComparedTable({ trees }: Pick<Comparison, "trees">) {
  return (
    <table className="compared">
      <thead>
        <tr>
          <th scope="col">
            <span className="sr">What</span>
          </th>
          {trees.map((tree, index) => (
            <th scope="col" key={index === 0 ? "A" : "B"}>
              <b>{index === 0 ? "A" : "B"}</b>{" "}
              <Link className="link" href={`/trees/${tree.tree_id}`}>
                {tree.title}
              </Link>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {ROWS.map(([name, cell]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            {trees.map((tree, index) => (
              <td key={index === 0 ? "A" : "B"} data-side={index === 0 ? "A" : "B"}>
                {cell(tree)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Status({ tree }: { tree: ComparedTree }) {
  const why = tree.status === "failed" || tree.status === "stopped" ? tree.reason : null;
  return (
    <>
      <StatusWord status={shownStatusOfTree(tree)} />
      {why ? <p className="dim mt-1">{REASONS[why].says}</p> : null}
    </>
  );
}

const OUTCOMES = { pass: "Judged as done", fail: "Judged as not done", unjudged: "Not judged" };

function VerdictCell({ tree: { verdict } }: { tree: ComparedTree }) {
  if (!verdict) return <span className="faint">None yet</span>;
  const count = (mark: string) => verdict.claims.filter((claim) => claim.mark === mark).length;
  const marks = [
    ["shown", "shown"],
    ["judged", "judged"],
    ["failed", "failed"],
    ["neither", "neither"],
  ].flatMap(([mark = "", word = ""]) => (count(mark) > 0 ? [`${count(mark)} ${word}`] : []));
  const keys = uniqueKeys(verdict.reasons);
  return (
    <>
      {OUTCOMES[verdict.outcome]}
      {marks.length > 0 ? `: ${plural(verdict.claims.length, "claim")}, ${marks.join(", ")}` : ""}
      {verdict.reasons.map((reason, index) => (
        <div className="dim mt-1" key={keys[index]}>
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
        <span className="dim" title={`${exactMoney(tree.copied.cost_usd)} copied`}>
          , {copied}
        </span>
      ) : null}
    </>
  );
}
