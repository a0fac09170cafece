"use client";

import { type FormEvent, useState } from "react";
import { operate } from "@/app/operate";
import { globsIn } from "@/components/text/globs";
import { FormActs } from "@/components/ui/form-acts";
import { useForm } from "@/components/ui/forms/use-form";
import { Hint } from "@/components/ui/hint";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import type { GoalView } from "@/core/shapes/goals";

interface ScopeFormProps {
  treeId: string;
  goal: Pick<GoalView, "scope" | "may_change">;
}

/** Lets a person add to what the work may change. */
export function ScopeForm({ treeId, goal: { scope, may_change } }: ScopeFormProps) {
  const form = useForm();
  const { pending, outcome, rest, run } = form;
  const [state, setState] = useState<"unopened" | "open" | "closed">("unopened");
  const [text, setText] = useState("");
  // The goal reads a change before its next round. Until then a second change must not drop the first.
  const [sent, setSent] = useState<readonly string[]>([]);
  const isRead = sent.every((glob) => may_change.includes(glob));
  const added = globsIn(text);
  if (scope?.includes("**")) return null;

  function add(event: FormEvent): void {
    event.preventDefault();
    const next = [...new Set([...may_change, ...sent, ...added])];
    run(
      () => operate("changeGoal", { id: treeId, may_change: next }),
      (result) => {
        if (!result.ok) return;
        setSent(next);
        setText("");
        setState("closed");
      },
    );
  }
  return (
    <div className="mt-2">
      {state === "open" ? (
        <form {...form.props} aria-label="Add to the scope" onSubmit={add}>
          <label className="mb-1 block text-ink-2" htmlFor={form.idOf("may_change")}>
            Files that the work may change too
          </label>
          <textarea
            {...form.register("may_change", "scope-more-says")}
            rows={2}
            className="field-sizing-content max-h-60 font-mono text-mono!"
            value={text}
            spellCheck={false}
            placeholder="Such as test/a.js"
            ref={focus}
            onChange={(event) => setText(event.target.value)}
          />
          {form.fault("may_change")}
          <Hint id="scope-more-says">
            Globs, one a line. Tests that the work may change show less, so read their changes.
          </Hint>
          <FormActs isApart close={() => setState("closed")} disabled={pending || added.length === 0}>
            Add to scope
          </FormActs>
        </form>
      ) : (
        // A form that closes gives the focus back.
        <Button autoFocus={state === "closed"} onClick={() => setState("open")}>
          Add to scope…
        </Button>
      )}
      <OutcomeLine outcome={outcome?.ok && isRead ? null : rest} />
    </div>
  );
}

/** The same function at each render, so that a field takes the focus only when it appears. */
function focus(field: HTMLElement | null): void {
  field?.focus();
}
