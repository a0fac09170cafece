"use client";

import Link from "next/link";
import { useState } from "react";
import { operate } from "@/app/operate";
import { ActionRow } from "@/components/reviews/action-row";
import { buttonLook } from "@/components/ui/button-look";
import { useAction } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import { Elapsed } from "@/components/ui/time";
import type { StuckForge } from "@/core/shapes/forges";
import { withoutDisguise } from "@/core/words/visible";
import { NeedFrame, type Unfolds } from "./need-frame";
import { SettledItem, SettledSay } from "./settled-item";

interface StuckForgeItemProps extends Unfolds {
  project: string;
  /** null: it was settled since the list was drawn. */
  forge: StuckForge | null;
}

/** A project whose issues become no work: Banyan paused its link with the forge, or cannot look there. */
export function StuckForgeItem({ project, forge, ...unfolds }: StuckForgeItemProps) {
  const { pending, outcome, run } = useAction();
  // A look that found nothing wrong settles nothing: Banyan may pause the link afterwards.
  const [isPausing, setPausing] = useState(false);
  const act = (name: "lookAtForge" | "pauseForge") => {
    if (pending) return;
    setPausing(name === "pauseForge");
    run(() => operate(name, { id: project }));
  };
  if (!forge || (forge.is_paused && isPausing && outcome?.ok))
    return (
      <SettledItem id={project}>
        <SettledSay sentence={outcome?.ok ? outcome.sentence : undefined} />
      </SettledItem>
    );
  const { host, at, is_paused: isPaused } = forge;
  const sentence = withoutDisguise(forge.sentence);
  const title = isPaused ? `${project} gets no work from ${host}` : `${project} cannot be reached at ${host}`;
  const address = `/projects/${encodeURIComponent(project)}#issues`;
  return (
    <NeedFrame
      {...unfolds}
      data-stuck-forge={project}
      aria-label={title}
      icon="folder"
      look="failed"
      kind="Project"
      title={title}
      about={`Project · ${sentence}`}
      age={<Elapsed since={at} until={null} />}
    >
      <p className="wrap-anywhere font-medium text-body">
        <Link className="inline-block min-h-6 leading-6 hover:underline" href={address} prefetch={false}>
          {title}
        </Link>
      </p>
      <p className="wrap-anywhere mt-0.5 text-ink-2">
        {sentence}{" "}
        {isPaused
          ? "Banyan has paused the link: it brings no work until an administrator resumes it, with their rights."
          : "Banyan goes on looking by itself."}
      </p>
      <ActionRow>
        <Link className={buttonLook()} href={address} prefetch={false}>
          Open project
        </Link>
        {isPaused ? null : (
          <Button look="quiet" aria-disabled={pending} onClick={() => act("lookAtForge")}>
            Look now
          </Button>
        )}
        {isPaused ? null : (
          <Link className={buttonLook("quiet")} href="/settings/secrets" prefetch={false}>
            Secrets
          </Link>
        )}
        <Button look="quiet" aria-disabled={pending} onClick={() => act("pauseForge")}>
          {isPaused ? "Leave paused" : "Pause"}
        </Button>
      </ActionRow>
      <OutcomeLine outcome={outcome} />
    </NeedFrame>
  );
}
