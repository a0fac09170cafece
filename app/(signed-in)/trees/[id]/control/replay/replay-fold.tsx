"use client";

import { useState } from "react";
import { FOLD } from "@/components/ui/fold-look";
import { FoldMark } from "@/components/ui/fold-mark";
import { Hint } from "@/components/ui/hint";
import { lazily } from "@/components/ui/page/lazily";
import { Unfolding } from "@/components/ui/unfolding";
import { replayText } from "./replay-draft";
import type { ReplayProps } from "./replay-props";

const ReplayFields = lazily(() => import("./replay-fields").then((file) => file.ReplayFields), { meanwhile: Loading });

/** Choices that few forks need, closed at first. Their code and their lists load when a person opens them. */
export function ReplayFold(props: ReplayProps) {
  const { draft, agent, form } = props;
  const [isOpen, setOpen] = useState(false);
  const [wasOpen, setWasOpen] = useState(false);
  const issues = form.outcome?.ok === false ? form.outcome.issues : undefined;
  const isWrong = issues?.some(({ path: [field] }) => field === "versions" || field === "lessons") ?? false;
  function toggle(open: boolean): void {
    setOpen(open);
    if (open) setWasOpen(true);
  }
  return (
    <Unfolding className={FOLD} open={isOpen || isWrong} onToggle={toggle}>
      <summary>
        <FoldMark />
        Versions and lessons
        {isOpen ? null : <span className="min-w-0 truncate text-small text-ink-3">{replayText(draft, agent)}</span>}
      </summary>
      {wasOpen ? <ReplayFields {...props} /> : null}
    </Unfolding>
  );
}

function Loading() {
  return <Hint role="status">Loading…</Hint>;
}
