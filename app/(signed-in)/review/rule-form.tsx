"use client";

import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import type { ReviewItem } from "@/agents/core/shapes-review";
import { makeRule } from "@/app/actions/reviews";
import { AskForm } from "@/components/reviews/approval-actions";
import { Button } from "@/components/ui/parts";
import { useAction } from "@/components/ui/use-action";

const HOURS = [1, 8, 24, 24 * 7];

interface RuleFormProps {
  item: ReviewItem;
  close: () => void;
  onDone: () => void;
}

/** A rule from an item: exactly such calls or all of its tool, of its agent or all, for some hours, with a reason. */
export function RuleForm({ item, close, onDone }: RuleFormProps) {
  const { pending, outcome, run } = useAction();
  const [exact, setExact] = useState(true);
  const [ofAgent, setOfAgent] = useState(true);
  const [hours, setHours] = useState(24);
  const [why, setWhy] = useState("");
  const [isMissing, setMissing] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const hint = useId();
  useEffect(() => field.current?.focus(), []);
  const tool = item.call?.tool ?? "";
  function submit(event: FormEvent): void {
    event.preventDefault();
    setMissing(!why.trim());
    if (!why.trim()) {
      field.current?.focus();
      return;
    }
    const agent = ofAgent ? item.agent : "";
    run(
      () => makeRule(item.review.id, { exact, agent, hours, why }),
      (result) => {
        if (!result.ok) return;
        close();
        onDone();
      },
    );
  }
  const failure = outcome && !outcome.ok ? outcome.sentence : null;
  return (
    <div className="form">
      <AskForm submit={submit} close={close}>
        <div className="pairs wide">
          <label htmlFor={`${hint}-calls`}>Approves</label>
          <select
            id={`${hint}-calls`}
            value={exact ? "exact" : "all"}
            onChange={(event) => setExact(event.target.value === "exact")}
          >
            <option value="exact">Calls of {tool} with exactly these arguments</option>
            <option value="all">Every call of {tool}, whatever its arguments</option>
          </select>
          <label htmlFor={`${hint}-agent`}>Made by</label>
          <select
            id={`${hint}-agent`}
            value={ofAgent ? "one" : "all"}
            onChange={(event) => setOfAgent(event.target.value === "one")}
          >
            <option value="one">{item.agent} only</option>
            <option value="all">Any agent</option>
          </select>
          <label htmlFor={`${hint}-hours`}>For</label>
          <select id={`${hint}-hours`} value={hours} onChange={(event) => setHours(Number(event.target.value))}>
            {HOURS.map((one) => (
              <option key={one} value={one}>
                {one === 1 ? "1 hour" : one < 48 ? `${one} hours` : `${one / 24} days`}
              </option>
            ))}
          </select>
        </div>
        <label className="f">
          <span>Why may they run without a person?</span>
          <textarea
            ref={field}
            rows={2}
            value={why}
            aria-invalid={isMissing}
            aria-describedby={hint}
            onChange={(event) => setWhy(event.target.value)}
          />
        </label>
        <p className={`hint mt-1! ${isMissing || failure ? "bad" : ""}`} id={hint} role="status">
          {failure ?? (isMissing ? "Say why: it stands beside the rule. " : "")}
          {failure
            ? ""
            : "In every tree; what waits and matches runs at once. It can be revoked under Rules; what ran stays done."}
        </p>
        <div className="acts">
          <Button type="submit" disabled={pending}>
            Make the rule
          </Button>
          <Button look="quiet" onClick={close}>
            Cancel
          </Button>
        </div>
      </AskForm>
    </div>
  );
}
