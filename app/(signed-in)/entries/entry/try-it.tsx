"use client";

import Link from "next/link";
import { type FormEvent, type KeyboardEvent, type RefObject, useEffect, useState } from "react";
import { submitTree } from "@/app/actions/submit";
import { fetchJson } from "@/components/http/fetch-json";
import { LongText } from "@/components/text/long-text";
import { Markdown } from "@/components/text/markdown";
import { type Form, useForm } from "@/components/ui/forms/use-form";
import { Hint } from "@/components/ui/hint";
import { useKeptText } from "@/components/ui/hooks/use-kept-text";
import { useOnce } from "@/components/ui/hooks/use-once";
import { Refusal } from "@/components/ui/outcome-line";
import { Card } from "@/components/ui/page/card";
import { Button } from "@/components/ui/parts";
import { StatusWord, shownStatusOfTree } from "@/components/ui/status";
import { isEnded } from "@/core/log/terms";
import type { Task, Tree } from "@/core/shapes/shapes";
import { spentText } from "@/core/words/figures";
import { treeText } from "@/core/words/trees";

interface TryItProps {
  kind: "agent" | "runbook";
  name: string;
  version: number;
  /** The version on trial, which a new tree may get instead. */
  onTrial: number | null;
  isDirty: boolean;
  field: RefObject<HTMLTextAreaElement | null>;
}

const TOKENS = "50000";
const POLL_MS = 1_000;

/**
 * Runs the saved version on an instruction with a small grant, and shows the result here. Runbooks need no grant, since
 * they use no tokens.
 */
export function TryIt({ kind, name, version, onTrial, isDirty, field }: TryItProps) {
  const which = onTrial === null ? `version ${version}` : `version ${version} or ${onTrial}`;
  const { text, change } = useKeptText(`try.${kind}.${name}`);
  const [tokens, setTokens] = useState(TOKENS);
  // The browser keeps the id, so that the result is still there after a reload.
  const { text: treeId, change: setTreeId } = useKeptText(`tried.${kind}.${name}`);
  const form = useForm();
  const { pending, run } = form;
  const once = useOnce();
  function send(event: FormEvent | KeyboardEvent): void {
    event.preventDefault();
    if (pending || !text.trim()) return;
    const cap = Number(tokens.replace(/[\s,._]/g, ""));
    if (kind === "agent" && !(cap > 0)) {
      form.refuse("grant.tokens", "Tokens must be a number above 0.");
      return;
    }
    run(async () => {
      const by = kind === "agent" ? { agent: name, grant: { tokens: cap } } : { runbook: name };
      const submission = { task: text, ...by };
      const result = await once(submission, (key) => submitTree(submission, key));
      if (result.ok) setTreeId(result.treeId);
      return result.ok ? { ok: true, sentence: "" } : result;
    });
  }
  return (
    <Card as="section" id="try" aria-labelledby="try-title">
      <h2 id="try-title">Try it</h2>
      <form
        {...form.props}
        className="stack"
        onSubmit={send}
        onKeyDown={(event) => event.key === "Enter" && (event.metaKey || event.ctrlKey) && send(event)}
      >
        <textarea
          {...form.register("task")}
          ref={field}
          rows={2}
          className="field-sizing-content max-h-60"
          value={text}
          aria-label={`Instruction for ${name}`}
          placeholder={kind === "agent" ? "Instruction" : "Task"}
          onChange={(event) => change(event.target.value)}
        />
        {form.fault("task")}
        <div className="flex min-w-0 flex-wrap items-center gap-2">
          {kind === "agent" ? <Cap form={form} tokens={tokens} setTokens={setTokens} /> : null}
          <span className="min-w-0 flex-auto" />
          <Button type="submit" disabled={pending || !text.trim()} hint="⌘↵">
            {pending ? "Starting" : `Run ${which}`}
          </Button>
        </div>
        {form.fault("grant.tokens")}
        {isDirty ? <Hint>Runs {which}, without your unsaved changes.</Hint> : null}
        <Refusal outcome={form.rest} />
      </form>
      {treeId ? <Tried key={treeId} treeId={treeId} /> : null}
    </Card>
  );
}

interface CapProps {
  form: Form;
  tokens: string;
  setTokens: (text: string) => void;
}

function Cap({ form, tokens, setTokens }: CapProps) {
  return (
    <label className="flex min-w-0 items-center gap-2">
      <span className="whitespace-nowrap text-ink-2">Up to</span>
      <input
        {...form.register("grant.tokens")}
        type="text"
        inputMode="numeric"
        className="max-w-22"
        value={tokens}
        aria-label="Maximum tokens"
        onChange={(event) => setTokens(event.target.value)}
      />
      <span className="text-ink-2">tokens</span>
    </label>
  );
}

function Tried({ treeId }: { treeId: string }) {
  const { tree, task, problem } = useTried(treeId);
  const status = tree ? shownStatusOfTree(tree) : "ready";
  return (
    <div className="mt-3 border-line border-t pt-3" data-testid="tried">
      <p className="flex min-w-0 flex-wrap items-center gap-2">
        {/* What it does changes with each turn: screen readers announce only the state. */}
        <span role="status">
          <StatusWord status={status} />
        </span>
        <span className="text-ink-2">{tree ? treeText(tree) : ""}</span>
      </p>
      {problem ? <Hint isBad>{problem}</Hint> : null}
      {task?.result ? (
        task.result.length > 2_000 ? (
          <LongText text={task.result} />
        ) : (
          <div className="mt-2 max-h-[40vh] overflow-auto">
            <Markdown text={task.result} />
          </div>
        )
      ) : null}
      {status === "you" ? <p>Waits for you. Open the tree to answer.</p> : null}
      <Hint>
        {tree
          ? `${spentText({ cost_usd: tree.totals.cost_usd, tokens: tree.totals.tokens_in + tree.totals.tokens_out })}. `
          : ""}
        <Link className="link" href={`/trees/${treeId}`}>
          Open tree
        </Link>
      </Hint>
    </div>
  );
}

/** Polls the tree until it has ended, and retries when the server does not answer. */
function useTried(treeId: string) {
  const [tree, setTree] = useState<Tree | null>(null);
  const [task, setTask] = useState<Task | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    const over = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const poll = async () => {
      try {
        const found = await fetchJson(`trees/${treeId}`, over.signal);
        const root = await fetchJson(`tasks/${found.root_task_id}`, over.signal);
        setTree(found);
        setTask(root);
        setProblem(null);
        if (isEnded(found.status)) return;
      } catch (error) {
        if (over.signal.aborted) return;
        setProblem(error instanceof Error ? error.message : "The tree could not be loaded.");
      }
      timer = setTimeout(() => void poll(), POLL_MS);
    };
    void poll();
    return () => {
      over.abort();
      clearTimeout(timer);
    };
  }, [treeId]);
  return { tree, task, problem };
}
