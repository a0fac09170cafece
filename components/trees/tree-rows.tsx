"use client";

import Link from "next/link";
import type { Tree } from "@/agents/core/shapes";
import { count, money } from "@/components/ui/format";
import { Meter } from "@/components/ui/parts";
import { STATUS_WORDS, StatusGlyph, shownStatusOfTree } from "@/components/ui/status";
import { Elapsed } from "@/components/ui/time";
import { treeText } from "./sentences";

/** A tree as a row of two lines: what it is, and what it does now or how it ended. `by`: with who submitted it. */
export function TreeRow({ tree, by = false }: { tree: Tree; by?: boolean }) {
  const status = shownStatusOfTree(tree);
  return (
    <Link className="trow" href={`/trees/${tree.id}`} prefetch={false} data-tree={tree.id} data-row>
      <StatusGlyph status={status} />
      <span className="two">
        <b className="cut block">{tree.title}</b>
        <span className="now cut block">
          {by ? <span className="faint">{tree.created_by}: </span> : null}
          {treeText(tree) || STATUS_WORDS[status]}
        </span>
      </span>
      <span className="num dim">
        {tree.totals.ended} / {tree.totals.tasks}
      </span>
      <span className="spend dim hidep">
        <Spent tree={tree} />
      </span>
      <span className="num dim hidep">
        <Elapsed since={tree.created_at} until={tree.ended_at} />
      </span>
    </Link>
  );
}

function Spent({ tree }: { tree: Tree }) {
  const { cost_usd, tokens_in, tokens_out } = tree.totals;
  const cap = tree.grant.cost_usd;
  const tokens = tokens_in + tokens_out;
  if (cap === null) return <>{cost_usd === 0 && tokens > 0 ? `${count(tokens)} tok` : money(cost_usd)}</>;
  return (
    <>
      {money(cost_usd)} of {money(cap)} <Meter part={cost_usd / cap} exhausted={cost_usd >= cap} />
    </>
  );
}
