"use client";

import Link from "next/link";
import { operate } from "@/app/operate";
import { ActionRow } from "@/components/reviews/action-row";
import { buttonLook } from "@/components/ui/button-look";
import { type Outcome, useAction } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import { Elapsed } from "@/components/ui/time";
import type { StoppedEvolution } from "@/core/shapes/evolution";
import { NeedFrame, type Unfolds } from "./need-frame";
import { SettledItem, SettledSay } from "./settled-item";

interface StoppedEvolutionItemProps extends Unfolds {
  project: string;
  /** null: it was settled since the list was drawn. */
  evolution: StoppedEvolution | null;
}

/** An evolution that Banyan has stopped, with the reason. No cycle begins until a person resumes it. */
export function StoppedEvolutionItem({ project, evolution, ...unfolds }: StoppedEvolutionItemProps) {
  const { pending, outcome, run } = useAction();
  const act = (work: () => Promise<Outcome>) => pending || run(work);
  if (!evolution || outcome?.ok)
    return (
      <SettledItem id={project}>
        <SettledSay sentence={outcome?.ok ? outcome.sentence : undefined} />
      </SettledItem>
    );
  const title = `The evolution of ${project} has stopped`;
  const address = `/projects/${encodeURIComponent(project)}/evolve`;
  return (
    <NeedFrame
      {...unfolds}
      data-stopped-evolution={project}
      aria-label={title}
      icon="change"
      look="failed"
      kind="Evolution"
      title={title}
      about={`Evolution · ${evolution.sentence}`}
      age={<Elapsed since={evolution.at} until={null} />}
    >
      <p className="wrap-anywhere font-medium text-body">
        <Link className="inline-block min-h-6 leading-6 hover:underline" href={address} prefetch={false}>
          {title}
        </Link>
      </p>
      <p className="wrap-anywhere mt-0.5 text-ink-2">
        {evolution.sentence} No cycle begins until a person resumes it; rejections of before then no longer count.
      </p>
      <ActionRow>
        <Button aria-disabled={pending} onClick={() => act(() => operate("resumeEvolution", { id: project }))}>
          Resume
        </Button>
        <Link className={buttonLook("quiet")} href={address} prefetch={false}>
          Open
        </Link>
        <Button
          look="quiet"
          aria-disabled={pending}
          onClick={() => act(() => operate("stopEvolution", { id: project }))}
        >
          Leave stopped
        </Button>
      </ActionRow>
      <OutcomeLine outcome={outcome} />
    </NeedFrame>
  );
}
