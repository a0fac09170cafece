"use client";

import { type RefObject, useLayoutEffect, useState } from "react";
import { submitTree } from "@/app/actions/submit";
import { sendKept } from "@/components/away/kept-clicks";
import { useGo } from "@/components/going/use-go";
import { showAddress } from "@/components/refresh/refresh-page";
import { typedEarly } from "@/components/ui/hooks/typed-early";
import { newKey } from "@/components/ui/hooks/use-once";
import { useRunning } from "@/components/ui/hooks/use-running";
import type { Submission } from "@/core/shapes/submission";
import {
  type ChosenPlace,
  type ComposerDraft,
  draftOf,
  keepDraft,
  keepFolder,
  lastFolder,
  loadDraft,
  type Problem,
  submissionOf,
} from "./draft";

export interface ComposerState {
  draft: ComposerDraft;
  change: (fields: Partial<ComposerDraft>) => void;
  problem: Problem | null;
  isSending: boolean;
  send: () => void;
  /** Returns the draft as a submission; null when it shows a problem instead. */
  complete: () => Submission | null;
  /** Empties the composer. */
  clear: () => void;
  /** Fills the composer from a template and keeps the replaced draft for `undo`. */
  take: (submission: Submission) => void;
  /** null: nothing was replaced. */
  undo: (() => void) | null;
}

const NO_ANSWER =
  "The server did not answer. Your text is kept: start again when the server is back. You will not get two trees.";

interface Given {
  /** The task's textarea, for text that was typed before the page's scripts had loaded. */
  field: RefObject<HTMLTextAreaElement | null>;
  /** The folder or the project that the address chooses; "": none. */
  chosen: ChosenPlace;
}

/** Keeps the draft in the browser until the server has accepted it, so a failure loses nothing. */
export function useComposer(start: ComposerDraft, given: Given): ComposerState {
  const go = useGo();
  const [draft, setDraft] = useKeptDraft(start, given);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [replaced, setReplaced] = useState<ComposerDraft | null>(null);
  const sending = useRunning();
  function put(next: ComposerDraft): void {
    setDraft(next);
    keepDraft(next);
    setProblem(null);
  }
  async function deliver(submission: Submission, once: string): Promise<void> {
    try {
      const result = await sendKept("Start", () => submitTree(submission, once));
      if (!result.ok) {
        const { sentence, issues = [] } = result;
        const [issue] = issues;
        setProblem({
          field: issue ? fieldOf(issue.path.join("."), submission) : null,
          sentence: issue?.message ?? sentence,
        });
        return;
      }
      if (draft.project === "") keepFolder(draft.workspace);
      clear();
      go.after.push(`/trees/${result.treeId}${submission.goal ? "?view=goal" : ""}`);
    } catch {
      setProblem({ field: null, sentence: NO_ANSWER });
    }
  }
  function clear(): void {
    keepDraft(null);
    setDraft({ ...start, workspace: lastFolder() });
    setReplaced(null);
  }
  function complete(): Submission | null {
    const made = submissionOf(draft);
    if (!("problem" in made)) return made.submission;
    setProblem(made.problem);
    return null;
  }
  function restore(): void {
    if (replaced) put(replaced);
    setReplaced(null);
    // The button is gone then, and the focus would be lost with it.
    given.field.current?.focus();
  }
  function send(): void {
    if (sending.isBusy()) return;
    const submission = complete();
    if (submission === null) return;
    const once = draft.once || newKey();
    put({ ...draft, once });
    sending.run(() => deliver(submission, once));
  }
  return {
    draft,
    problem,
    isSending: sending.pending,
    send,
    complete,
    clear,
    // A changed draft is another task, so it needs a new idempotency key.
    change: (fields) => put({ ...draft, ...fields, once: "" }),
    take(submission) {
      setReplaced(draft.task.trim() ? draft : null);
      put(draftOf(submission, start));
    },
    undo: replaced && restore,
  };
}

/** The draft, which begins with what the browser has kept, what was typed before, and the folder that the address chooses. */
function useKeptDraft(start: ComposerDraft, { field, chosen }: Given) {
  // Only what the page began with counts: later the person has chosen.
  const [first] = useState({ start, chosen });
  const [draft, setDraft] = useState(start);
  useLayoutEffect(() => {
    const { start, chosen } = first;
    const kept = loadDraft();
    const typed = typedEarly(field.current);
    const folder = lastFolder();
    const isChosen = chosen.workspace !== "" || chosen.project !== "";
    if (!kept && !typed && !folder && !isChosen) return;
    const known = kept ? { ...kept, runbook: kept.runbook || start.runbook } : { ...start, workspace: folder };
    const written = typed ? { task: [known.task, typed].filter(Boolean).join("\n"), once: "" } : {};
    const place = isChosen ? { ...chosen, copy: "" as const, branch: "", once: "" } : {};
    const next = { ...known, ...written, ...place };
    setDraft(next);
    if (!isChosen) return;
    keepDraft(next);
    // The address is used up: after a reload the draft holds what the person has chosen since.
    showAddress(window.location.pathname + window.location.hash);
  }, [field, first]);
  return [draft, setDraft] as const;
}

/** The fields of the draft, by their path in the submission. */
const FIELDS: Readonly<Record<string, Problem["field"]>> = {
  task: "task",
  criteria: "criteria",
  model: "model",
  runbook: "runbook",
  workspace: "workspace",
  project: "workspace",
  pool: "pool",
  checks_pool: "checksPool",
  "grant.cost_usd": "usd",
  "grant.seconds": "time",
  "grant.tokens": "tokens",
  "grant.tasks": "tasks",
  "grant.depth": "depth",
};

/** Returns the field in which the person sees what is wrong; null: the composer does not show it now. */
function fieldOf(path: string, { runbook }: Submission): Problem["field"] {
  return path === "model" && runbook ? null : (FIELDS[path] ?? null);
}
