"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useId, useRef, useState } from "react";
import { makeRule } from "@/app/actions/reviews";
import { AskForm } from "@/components/reviews/approval-actions";
import { FormActs } from "@/components/ui/form-acts";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import { useAction } from "@/components/ui/use-action";
import { faultsOf, mostOf, type RuleTerms, RuleTermsFields, type TermFaults } from "../rule-terms";

interface NewRuleProps {
  tools: string[];
  agents: string[];
}

const NO_TERMS: RuleTerms = { hours: "24", most: "", why: "" };

/** A rule for every call of a tool; one for exactly such calls is made beside an item. */
export function NewRule({ tools, agents }: NewRuleProps) {
  const router = useRouter();
  const { pending, outcome, run } = useAction();
  const [isOpen, setOpen] = useState(false);
  const [tool, setTool] = useState("");
  const [agent, setAgent] = useState("");
  const [terms, setTerms] = useState(NO_TERMS);
  const [faults, setFaults] = useState<TermFaults & { tool?: string }>({});
  const opener = useRef<HTMLButtonElement>(null);
  const why = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  function close(): void {
    setOpen(false);
    opener.current?.focus();
  }
  function submit(event: FormEvent): void {
    event.preventDefault();
    const wrong = { ...(tool === "" && { tool: "Choose the tool whose calls it approves." }), ...faultsOf(terms) };
    setFaults(wrong);
    if (Object.keys(wrong).length > 0) return;
    const most = mostOf(terms);
    const rule = { tool, hours: Number(terms.hours), why: terms.why, ...(most !== null && { most_uses: most }) };
    run(
      () => makeRule({ ...rule, ...(agent && { agent }) }),
      (result) => {
        if (!result.ok) return;
        setTerms(NO_TERMS);
        close();
        router.refresh();
      },
    );
  }
  return (
    <div className="mb-4">
      <Button ref={opener} icon="plus" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        New rule
      </Button>
      {isOpen ? (
        <AskForm submit={submit} close={close}>
          <div className="pairs wide">
            <label htmlFor={`${id}-tool`}>Every call of</label>
            <select
              id={`${id}-tool`}
              value={tool}
              aria-invalid={faults.tool !== undefined}
              aria-describedby={`${id}-fault`}
              onChange={(event) => setTool(event.target.value)}
            >
              <option value="">Choose a tool</option>
              {tools.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
            <label htmlFor={`${id}-agent`}>Made by</label>
            <select id={`${id}-agent`} value={agent} onChange={(event) => setAgent(event.target.value)}>
              <option value="">Any agent</option>
              {agents.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          </div>
          <RuleTermsFields terms={terms} faults={faults} change={setTerms} whyBox={why} />
          <p className={`hint ${faults.tool ? "bad" : ""}`} id={`${id}-fault`} role="status">
            {faults.tool ??
              "In every tree, whatever the arguments; what waits and matches runs at once. For exactly one call, use “Make a rule” beside it in the queue."}
          </p>
          <FormActs close={close} disabled={pending} hasKey>
            Make the rule
          </FormActs>
        </AskForm>
      ) : null}
      <OutcomeLine outcome={outcome} />
    </div>
  );
}
