"use client";

import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import { operate } from "@/app/operate";
import { titleOf } from "@/components/reviews/approval-text";
import { AskForm } from "@/components/reviews/reason-form";
import { FieldPairs } from "@/components/ui/facts";
import { FormActs } from "@/components/ui/form-acts";
import { useForm } from "@/components/ui/forms/use-form";
import { Hint } from "@/components/ui/hint";
import type { ReviewItem } from "@/core/shapes/review";
import type { Review } from "@/core/shapes/shapes";
import { plural } from "@/core/words/figures";
import { BarForm } from "./bar-parts";
import { mostOf, type RuleTerms, RuleTermsFields } from "./rule-terms";

interface RuleFormProps {
  item: ReviewItem;
  /** All open items that the page knows. */
  open: readonly Review[];
  close: () => void;
  onDone: () => void;
}

/** Form that makes a rule from an approval: for this call or the whole tool, this agent or any, this tree or all. */
export function RuleForm({ item, open, close, onDone }: RuleFormProps) {
  const form = useForm();
  const { pending, rest, run } = form;
  const [calls, setCalls] = useState("exact");
  const [by, setBy] = useState("one");
  const [where, setWhere] = useState("all");
  const [terms, setTerms] = useState<RuleTerms>({ hours: "24", most: "", why: "" });
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus(), []);
  const tool = item.call?.tool ?? "";
  function submit(event: FormEvent): void {
    event.preventDefault();
    const most = mostOf(terms);
    const rule = {
      item: item.review.id,
      exact: calls === "exact",
      hours: Number(terms.hours),
      why: terms.why,
      ...(by === "one" && { agent: item.agent }),
      ...(where === "one" && { tree: item.review.tree_id }),
      ...(most !== null && { most_uses: most }),
    };
    run(
      () => operate("addRule", rule),
      (result) => {
        if (!result.ok) return;
        close();
        onDone();
      },
    );
  }
  const failure = rest && !rest.ok ? rest.sentence : null;
  const matching = matchingOf(item.review, open, { exact: calls === "exact", oneTree: where === "one" });
  return (
    <BarForm>
      <AskForm form={form} submit={submit} close={close}>
        <FieldPairs>
          <Choice
            label="Approves"
            value={calls}
            choose={setCalls}
            options={{
              exact: `Calls of ${tool} with exactly these arguments`,
              all: `Every call of ${tool}, with any arguments`,
            }}
          />
          <Choice label="Made by" value={by} choose={setBy} options={{ one: `${item.agent} only`, all: "Any agent" }} />
          <Choice
            label="In"
            value={where}
            choose={setWhere}
            options={{ all: "Every tree", one: `“${item.path[0]?.title ?? "This tree"}” only` }}
          />
        </FieldPairs>
        <RuleTermsFields terms={terms} form={form} change={setTerms} whyBox={field} />
        <AlsoRun calls={matching} only={by === "one" ? item.agent : null} />
        <Hint isBad={Boolean(failure)} role="status">
          {failure ??
            "Waiting calls that match run now. Under Rules you can change or switch off the rule; that undoes no call."}
        </Hint>
        <FormActs close={close} disabled={pending}>
          Make the rule
        </FormActs>
      </AskForm>
    </BarForm>
  );
}

/** Returns the other waiting calls that a rule made from this call would approve, whoever made them. */
function matchingOf(
  { id, tool, evidence, tree_id }: Review,
  open: readonly Review[],
  { exact, oneTree }: { exact: boolean; oneTree: boolean },
): Review[] {
  return open.filter(
    (other) =>
      other.id !== id &&
      other.kind === "approval" &&
      other.tool === tool &&
      (!exact || other.evidence === evidence) &&
      (!oneTree || other.tree_id === tree_id),
  );
}

/** Further calls are only counted. */
const NAMED = 20;

/** The waiting calls that a rule approves at once, besides the one that is shown. `only`: those of this agent. */
function AlsoRun({ calls, only }: { calls: readonly Review[]; only: string | null }) {
  if (calls.length === 0) return null;
  return (
    <div className="text-small">
      <p>
        {plural(calls.length, "more waiting call")} {calls.length === 1 ? "matches" : "match"} and{" "}
        {calls.length === 1 ? "runs" : "run"} now
        {only === null ? "" : `, if ${only} made ${calls.length === 1 ? "it" : "them"}`}:
      </p>
      <ul className="text-ink-2" aria-label="Waiting calls that run now">
        {calls.slice(0, NAMED).map((one) => (
          <li className="wrap-anywhere" key={one.id}>
            {titleOf(one)}
          </li>
        ))}
        {calls.length > NAMED ? <li>and {calls.length - NAMED} more</li> : null}
      </ul>
    </div>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  options: Record<string, string>;
  choose: (value: string) => void;
}

function Choice({ label, value, options, choose }: ChoiceProps) {
  const id = useId();
  return (
    <>
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => choose(event.target.value)}>
        {Object.entries(options).map(([one, words]) => (
          <option key={one} value={one}>
            {words}
          </option>
        ))}
      </select>
    </>
  );
}
