"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, type KeyboardEvent, useEffect, useState } from "react";
import type { ServerStatus } from "@/agents/core/shapes";
import { Button, Say } from "@/components/ui/parts";
import { useAction } from "@/components/ui/use-action";
import { ComposerFields } from "./composer-fields";
import { type ComposerDraft, EMPTY_DRAFT, keepDraft, loadDraft, submissionOf } from "./draft";
import { hasModel } from "./first-run";
import { submitTree } from "./submit";

export interface Choices {
  agents: string[];
  runbooks: { name: string; description: string }[];
}

/** A new task. What is typed is kept in the browser until the server has taken it; a failure leaves it where it is. */
export function Composer({ choices, status }: { choices: Choices; status: ServerStatus }) {
  const router = useRouter();
  const runbook = choices.runbooks[0]?.name ?? "";
  const start: ComposerDraft = { ...EMPTY_DRAFT, runbook, by: hasModel(status) || !runbook ? "agent" : "runbook" };
  const [draft, setDraft] = useState(start);
  const [problem, setProblem] = useState<string | null>(null);
  const { pending, run } = useAction();
  useEffect(() => {
    const kept = loadDraft();
    if (kept) setDraft((now) => ({ ...kept, runbook: kept.runbook || now.runbook }));
  }, []);

  function change(fields: Partial<ComposerDraft>): void {
    const next = { ...draft, ...fields };
    setDraft(next);
    keepDraft(next);
    setProblem(null);
  }

  function send(event?: FormEvent): void {
    event?.preventDefault();
    if (pending) return;
    const submission = submissionOf(draft);
    if (typeof submission === "string") {
      setProblem(submission);
      return;
    }
    run(
      async () => {
        const result = await submitTree(submission);
        if (!result.ok) return { ok: false, sentence: result.sentence };
        keepDraft(null);
        setDraft(start);
        router.push(`/trees/${result.treeId}`);
        return { ok: true, sentence: "" };
      },
      (outcome) => setProblem(outcome.ok ? null : outcome.sentence),
    );
  }
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) send();
  }

  return (
    <section className="card" id="new" aria-labelledby="new-title">
      <h2 id="new-title" className="flex">
        New task <span className="grow" />
        <kbd>c</kbd>
      </h2>
      <form className="stack" onSubmit={send} onKeyDown={onKeyDown}>
        <label>
          <span className="sr">What should be done?</span>
          <textarea
            rows={4}
            value={draft.task}
            onChange={(event) => change({ task: event.target.value })}
            placeholder="What should be done, and how will you know that it is?"
            aria-invalid={problem !== null && !draft.task.trim()}
          />
        </label>
        <ComposerFields draft={draft} change={change} choices={choices} status={status} />
        {problem ? (
          <Say look="bad" role="alert">
            {problem}
          </Say>
        ) : null}
        <div className="flex">
          <Button type="submit" look="primary" disabled={pending} hint="⌘↵">
            {pending ? "Starting" : "Start"}
          </Button>
          <span className="hint grow mt-0!">Draft kept as you type</span>
        </div>
      </form>
    </section>
  );
}
