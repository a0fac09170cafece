"use client";

import Image from "next/image";
import Link from "next/link";
import type { ReactNode } from "react";
import { buttonLook } from "@/components/ui/button-look";
import { Icon } from "@/components/ui/icon";
import { Separator } from "@/components/ui/parts";
import { StatusWord } from "@/components/ui/status";
import { Clock, Elapsed } from "@/components/ui/time";
import { SAMPLE_REPORT } from "@/core/shapes/sample";
import { money, plain, plural } from "@/core/words/figures";
import { treeText } from "@/core/words/trees";
import { gapOf, refutedClaims, resultsOf } from "./sample-facts";
import type { SampleRun } from "./use-sample";

/** The result of the sample. `children`: what a person can do with it next. */
export function SampleResult({ run, children }: { run: SampleRun; children: ReactNode }) {
  const { tree, messages, starts } = run;
  const refuted = [...refutedClaims(messages).values()].flat();
  const gap = gapOf(starts, tree, messages);
  const { calls, isOnce } = resultsOf(messages);
  return (
    <article className="mt-2 rounded-lg border border-line-strong bg-raised" aria-label="Result of the sample">
      <p className="flex flex-wrap items-center gap-x-3 px-4 pt-3 text-ink-2">
        <StatusWord status={tree.status} />
        {refuted.length > 0
          ? `${plural(refuted.length, "claim")} failed at first and ${refuted.length === 1 ? "was" : "were"} repaired`
          : null}
        <span className="ml-auto text-small">
          runbook
          <Separator />
          {money(tree.totals.cost_usd)}
          <Separator />
          <Elapsed since={tree.created_at} until={tree.ended_at} />
        </span>
      </p>
      <p className="px-4 py-2 text-read">{plain(treeText(tree))}</p>
      {tree.status === "succeeded" ? (
        <Image
          unoptimized
          className="mx-4 mb-3 h-auto w-[calc(100%-32px)] rounded-control border border-line"
          width={960}
          height={450}
          src={`/api/v1/trees/${tree.id}/files/${SAMPLE_REPORT}`}
          alt="Chart: books that the slowest of 20 searches looks at, before and after"
        />
      ) : null}
      {gap ? (
        <p className="flex gap-2 border-line border-t px-4 py-2 text-ink-2" data-gap>
          <Icon name="power" className="mt-0.5 size-4 flex-none" />
          <span>
            Stopped from <Clock at={gap.from} hasSeconds /> to <Clock at={gap.until} hasSeconds />.{" "}
            {gap.next ? `“${gap.next.task}” went on with ${gap.next.said}. ` : ""}
            {isOnce ? `Each of ${calls} calls has one result.` : ""}
          </span>
        </p>
      ) : null}
      <p className="flex flex-wrap gap-2 border-line border-t px-4 py-3">
        {tree.status === "succeeded" ? (
          <Link
            className={buttonLook()}
            href={`/trees/${tree.id}?view=files&path=${SAMPLE_REPORT}`}
            prefetch={false}
            data-command="Open the report of the sample"
          >
            <Icon name="time" />
            Open its report
          </Link>
        ) : null}
        <Link className={buttonLook()} href={`/trees/${tree.id}`} prefetch={false}>
          <Icon name="tree" />
          Open its tree
        </Link>
        {tree.status === "succeeded" ? (
          <Link className={buttonLook()} href={`/trees/${tree.id}/proof`} prefetch={false}>
            <Icon name="share" />
            See its proof
          </Link>
        ) : null}
        <span className="flex-auto" />
        {children}
      </p>
    </article>
  );
}
