"use client";

import { useRouter } from "next/navigation";
import { type RefObject, useLayoutEffect, useRef, useState, useTransition } from "react";
import { submitTree } from "@/app/actions/submit";
import { typedEarly } from "@/components/ui/hooks/typed-early";
import type { Submission } from "@/core/shapes/shapes";
import { type ComposerDraft, draftOf, keepDraft, loadDraft, type Problem, submissionOf } from "./draft";

export interface ComposerState {
  draft: ComposerDraft;
  change: (fields: Partial<ComposerDraft>) => void;
  problem: Problem | null;
  isSending: boolean;
  send: () => void;
  /** Fills in what a template says; what was there is kept for `undo`. */
  take: (submission: Submission) => void;
  /** null: nothing was replaced. */
  undo: (() => void) | null;
}

const UNHEARD =
  "The server did not answer. What you typed is kept: start it again when the server is back, which makes one tree, also if it had arrived.";

/** What is typed, the task into `field`, is kept in the browser until the server has taken it; a failure leaves it where it is. */
export function useComposer(start: ComposerDraft, field: RefObject<HTMLTextAreaElement | null>): ComposerState {
  const router = useRouter();
  const [draft, setDraft] = useState(start);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [replaced, setReplaced] = useState<ComposerDraft | null>(null);
  const [isPending, transition] = useTransition();
  const isSending = useRef(false);
  useLayoutEffect(() => {
    const kept = loadDraft();
    const typed = typedEarly(field.current);
    if (!kept && !typed) return;
    setDraft((now) => {
      const known = kept ? { ...kept, runbook: kept.runbook || now.runbook } : now;
      return typed ? { ...known, task: [known.task, typed].filter(Boolean).join("\n"), once: "" } : known;
    });
  }, [field]);

  function put(next: ComposerDraft): void {
    setDraft(next);
    keepDraft(next);
    setProblem(null);
  }
  async function deliver(submission: Submission, once: string): Promise<void> {
    try {
      const result = await submitTree(submission, once);
      if (!result.ok) {
        setProblem({ field: null, sentence: result.sentence });
        return;
      }
      keepDraft(null);
      setDraft(start);
      setReplaced(null);
      router.push(`/trees/${result.treeId}`);
    } catch {
      setProblem({ field: null, sentence: UNHEARD });
    } finally {
      isSending.current = false;
    }
  }
  function restore(): void {
    if (replaced) put(replaced);
    setReplaced(null);
  }
  function send(): void {
    if (isSending.current) return;
    const made = submissionOf(draft);
    if ("problem" in made) {
      setProblem(made.problem);
      return;
    }
    isSending.current = true;
    const once = draft.once || newKey();
    put({ ...draft, once });
    transition(() => deliver(made.submission, once));
  }
  return {
    draft,
    problem,
    isSending: isPending,
    send,
    // Other words are another task.
    change: (fields) => put({ ...draft, ...fields, once: "" }),
    take(submission) {
      setReplaced(draft.task.trim() ? draft : null);
      put(draftOf(submission, start));
    },
    undo: replaced && restore,
  };
}

/** `crypto.randomUUID` is there on secure origins only; a server in a local network is none. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
