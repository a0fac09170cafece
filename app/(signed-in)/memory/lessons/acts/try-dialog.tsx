"use client";

import { type FormEvent, useState } from "react";
import { forkTask } from "@/app/actions/fork";
import { useGo } from "@/components/going/use-go";
import { useFetched } from "@/components/pickers/use-fetched";
import { FormActs } from "@/components/ui/form-acts";
import { Hint } from "@/components/ui/hint";
import { useAction } from "@/components/ui/hooks/use-action";
import { useOnce } from "@/components/ui/hooks/use-once";
import { Modal } from "@/components/ui/modal";
import { Refusal } from "@/components/ui/outcome-line";
import { StatusGlyph, shownStatusOfTree } from "@/components/ui/status";
import { Clock } from "@/components/ui/time";
import type { Lesson, LessonTree } from "@/core/shapes/memory";
import type { ForkRequest } from "@/core/shapes/submission";
import { money, plural } from "@/core/words/figures";
import { withoutDisguise } from "@/core/words/visible";

interface TryDialogProps {
  lesson: Pick<Lesson, "id">;
  onClosed: () => void;
}

/** Runs an ended tree again from its beginning, shown only this lesson, to compare both. */
export function TryDialog({ lesson, onClosed }: TryDialogProps) {
  return (
    <Modal title="Try this lesson" onClosed={onClosed} wide>
      {(dismiss) => <TryForm lesson={lesson} dismiss={dismiss} />}
    </Modal>
  );
}

function TryForm({ lesson: { id }, dismiss }: Pick<TryDialogProps, "lesson"> & { dismiss: () => void }) {
  const go = useGo();
  const once = useOnce();
  const { pending, outcome, run } = useAction();
  const { body, problem, isNewest } = useFetched(`lessons/${id}/trees`);
  const [picked, setPicked] = useState<string | null>(null);
  const trees = body?.items ?? [];
  const chosen = trees.find(({ tree_id }) => tree_id === picked) ?? trees[0];

  function send(event: FormEvent): void {
    event.preventDefault();
    if (pending || !chosen) return;
    const request: ForkRequest = { lessons: [id] };
    run(async () => {
      const { tree_id } = chosen;
      const forked = await once({ tree_id, ...request }, (key) => forkTask(tree_id, request, key));
      if (!forked.ok) return forked;
      dismiss();
      go.after.push(`/trees/${forked.treeId}`);
      return { ok: true, sentence: "" };
    });
  }

  return (
    <form className="mt-2 grid gap-3" onSubmit={send}>
      <p className="text-ink-2">
        An ended tree runs again from its beginning, as a new tree whose tasks are shown only this lesson. Compare both
        trees afterwards. The ended tree does not change.
      </p>
      {isNewest && trees.length === 0 ? <p>No tree has ended yet, so there is nothing to run again.</p> : null}
      <fieldset className="grid max-h-80 gap-0.5 overflow-y-auto" aria-busy={body === null && problem === null}>
        <legend className="sr-only">The tree that runs again</legend>
        {trees.map((tree) => (
          <Row key={tree.tree_id} tree={tree} isChosen={tree === chosen} choose={() => setPicked(tree.tree_id)} />
        ))}
      </fieldset>
      {problem ? <Hint isBad>{problem}</Hint> : null}
      {chosen ? <Hint className="mt-0!">{costText(chosen)}</Hint> : null}
      <Refusal outcome={outcome} />
      <FormActs close={dismiss} disabled={pending || !chosen}>
        {pending ? "Starting" : "Run with only this lesson"}
      </FormActs>
    </form>
  );
}

function Row({ tree, isChosen, choose }: { tree: LessonTree; isChosen: boolean; choose: () => void }) {
  const { tree_id, title, status, why, rounds, cost_usd, ended_at } = tree;
  const facts = [whyText(why, rounds), ...(rounds === null ? [] : [plural(rounds, "round")]), money(cost_usd)];
  return (
    <label className="flex items-start gap-2 rounded-control px-1 py-1 has-checked:bg-selected" data-tree={tree_id}>
      <input type="radio" name="tree" className="mt-1" checked={isChosen} onChange={choose} />
      <span className="min-w-0 flex-auto">
        <span className="flex min-w-0 items-center gap-2">
          <StatusGlyph status={shownStatusOfTree({ status })} />
          <span className="min-w-0 truncate">{withoutDisguise(title)}</span>
        </span>
        <span className="block text-small text-ink-3">
          {facts.join(", ")}, <Clock at={ended_at} />
        </span>
      </span>
    </label>
  );
}

function whyText(why: LessonTree["why"], rounds: number | null): string {
  if (why === "shown") return "Was shown it";
  if (why === "made") return "It was made here";
  if (why === "place") return "Goal where it applies";
  return rounds === null ? "Another tree" : "Goal elsewhere";
}

function costText({ cost_usd }: LessonTree): string {
  if (cost_usd === 0) return "The ended tree cost nothing; what the new one costs depends on its model.";
  return `The ended tree cost ${money(cost_usd)}; the new one may cost about as much.`;
}
