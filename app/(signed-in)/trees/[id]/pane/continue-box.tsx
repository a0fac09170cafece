"use client";

import Link from "next/link";
import { useState } from "react";
import { continueTask } from "@/app/actions/continue";
import { useGo } from "@/components/going/use-go";
import { Hint } from "@/components/ui/hint";
import { useAction } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { lazily } from "@/components/ui/page/lazily";
import type { Continuation } from "@/core/shapes/continuation";
import type { Task } from "@/core/shapes/shapes";
import { amountText } from "@/core/words/remedies";
import { BOX, MessageForm } from "./message-form";

/** Few tasks need it. */
const OtherModel = lazily(() => import("./other-model").then((file) => file.OtherModel));

interface ContinueBoxProps {
  task: Task;
  continuation: Continuation | null;
}

/** Box that continues an ended task with the person's words. Its button says what happens. */
export function ContinueBox({ task, continuation }: ContinueBoxProps) {
  const go = useGo();
  const { pending, outcome, run } = useAction();
  const [model, setModel] = useState("");
  const refusal = outcome?.ok === false ? outcome.refusal : undefined;
  const needs = refusal?.code === "grant_used_up" ? refusal : (continuation?.needs ?? null);

  if (continuation?.by === null)
    return (
      <div className={BOX}>
        <Hint className="mt-0!">
          {continuation.why}{" "}
          {task.model === "runbook" ? (
            <Link className="link" href="/settings/keys">
              Connect a model
            </Link>
          ) : null}
        </Hint>
      </div>
    );

  function send(words: string, clear: () => void): void {
    run(async () => {
      const result = await continueTask(task.id, words, {
        usd: needs?.usd,
        tokens: needs?.tokens,
        seconds: needs?.seconds,
        model,
      });
      if (!result.ok) return result;
      clear();
      if (result.continued?.by === "fork")
        go.after.push(`/trees/${result.continued.tree_id}?task=${result.continued.task_id}`);
      return result;
    });
  }

  return (
    <MessageForm
      task={task}
      label="Continue this task"
      placeholder="Say what comes next"
      button={buttonText(continuation, needs)}
      isPending={pending || continuation === null}
      send={send}
    >
      {continuation?.why && outcome?.ok !== false ? <Hint>{continuation.why}</Hint> : null}
      {refusal?.code === "model_missing" ? <OtherModel model={model} choose={setModel} /> : null}
      <OutcomeLine outcome={outcome} isQuiet />
    </MessageForm>
  );
}

function buttonText(continuation: Continuation | null, needs: Continuation["needs"]): string {
  if (continuation?.by === "fork") return "Continue in a fork";
  return needs ? `Continue with ${amountText(needs)} more` : "Continue";
}
