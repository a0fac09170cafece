"use client";

import Link from "next/link";
import { Fragment } from "react";
import { sendJson } from "@/components/http/send-json";
import { QuickAnswers } from "@/components/reviews/quick-answers";
import { useAction } from "@/components/ui/hooks/use-action";
import { Refusal } from "@/components/ui/outcome-line";
import { Separator } from "@/components/ui/parts";
import { StatusGlyph } from "@/components/ui/status";
import { Elapsed } from "@/components/ui/time";
import type { Review, Task } from "@/core/shapes/shapes";
import { countParts } from "@/core/words/counts";
import { plainSentence } from "@/core/words/figures";
import { type Refuted, refutedClaims, stepsOf } from "./sample-facts";
import type { SampleRun } from "./use-sample";

/** The sample while it runs: its tasks, and the question that it asks. */
export function SampleTree({ run }: { run: SampleRun }) {
  const { tree, messages, reviews } = run;
  const refuted = refutedClaims(messages);
  const last = countParts(tree.counts).at(-1)?.status;
  return (
    <div className="mt-2 rounded-lg border border-line-strong bg-raised" data-sample={tree.status}>
      <p className="flex flex-wrap items-center gap-x-3 border-line border-b px-4 py-2">
        <Link className="link font-medium" href={`/trees/${tree.id}`} prefetch={false}>
          {tree.title}
        </Link>
        <span className="text-ink-2">
          {countParts(tree.counts).map(({ status, text }) => (
            <Fragment key={status}>
              <span className={status === "you" ? "text-wait" : ""}>{text}</span>
              {status === last ? <Separator /> : ", "}
            </Fragment>
          ))}
          <Elapsed since={tree.created_at} until={tree.ended_at} />
        </span>
      </p>
      <ul>
        {stepsOf(tree).map((task) => (
          <SampleTask key={task.id} task={task} refuted={refuted.get(task.id) ?? []} />
        ))}
        {reviews
          .filter(({ kind }) => kind === "question")
          .map((review) => (
            <SampleQuestion key={review.id} review={review} />
          ))}
      </ul>
    </div>
  );
}

const ROW =
  "grid grid-cols-[16px_minmax(0,1fr)_auto] gap-x-3 border-line border-b px-4 py-2 last:border-b-0 [&>svg]:mt-[3px]";

function SampleTask({ task, refuted }: { task: Task; refuted: Refuted[] }) {
  return (
    <li className={ROW}>
      <StatusGlyph status={task.status} />
      <div className="min-w-0">
        <b className="font-medium">{task.title}</b>
        {refuted.length === 0 && task.headline ? (
          <p className="truncate text-ink-2">{plainSentence(task.headline)}</p>
        ) : null}
        {refuted.map(({ statement, command, exitStatus }) => (
          <p key={command} className="text-ink-2">
            Claimed “{statement}” <code>{command}</code> exited with {exitStatus ?? "a signal"}.{" "}
            {task.status === "succeeded" ? (
              <b className="font-medium">Repaired, shown at the 2nd try.</b>
            ) : (
              "It repairs."
            )}
          </p>
        ))}
      </div>
      <span className="text-ink-2">
        <Elapsed since={task.started_at ?? task.created_at} until={task.ended_at} />
      </span>
    </li>
  );
}

function SampleQuestion({ review }: { review: Review }) {
  const { pending, outcome, run } = useAction();
  const [question] = review.detail.split("\n", 1);
  function answer(text: string): void {
    run(async () => {
      await sendJson("POST", `reviews/${review.id}/answer`, { text });
      return { ok: true, sentence: "Answered." };
    });
  }
  return (
    <li className={ROW}>
      <StatusGlyph status="you" />
      <div className="min-w-0">
        <b className="font-medium">{question}</b>
        <QuickAnswers review={review} disabled={pending || outcome?.ok === true} send={answer} />
        <Refusal outcome={outcome} />
      </div>
    </li>
  );
}
