"use client";

import { type ComponentProps, type FormEvent, useId, useRef, useState } from "react";
import { operate } from "@/app/operate";
import { refreshPage } from "@/components/refresh/refresh-page";
import { AskForm } from "@/components/reviews/reason-form";
import { FieldPairs } from "@/components/ui/facts";
import { FormActs } from "@/components/ui/form-acts";
import { Hint } from "@/components/ui/hint";
import { useAction } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import { faultsOf, mostOf, type RuleTerms, RuleTermsFields, type TermFaults } from "../decide/rule-terms";

interface NewRuleProps {
  tools: string[];
  agents: string[];
}

const NO_TERMS: RuleTerms = { hours: "24", most: "", why: "" };

/** Form for a rule that approves every call of a tool. A rule for an exact call is made from its approval. */
export function NewRule({ tools, agents }: NewRuleProps) {
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
    const wrong = { ...(tool === "" && { tool: "Choose a tool." }), ...faultsOf(terms) };
    setFaults(wrong);
    if (Object.keys(wrong).length > 0) return;
    const most = mostOf(terms);
    const rule = { tool, hours: Number(terms.hours), why: terms.why, ...(most !== null && { most_uses: most }) };
    run(
      () => operate("addRule", { ...rule, ...(agent && { agent }) }),
      (result) => {
        if (!result.ok) return;
        setTerms(NO_TERMS);
        close();
        refreshPage();
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
          <FieldPairs>
            <label htmlFor={`${id}-tool`}>Every call of</label>
            <Names
              id={`${id}-tool`}
              names={tools}
              none="Choose a tool"
              value={tool}
              choose={setTool}
              aria-invalid={faults.tool !== undefined}
              aria-describedby={`${id}-fault`}
            />
            <label htmlFor={`${id}-agent`}>Made by</label>
            <Names id={`${id}-agent`} names={agents} none="Any agent" value={agent} choose={setAgent} />
          </FieldPairs>
          <RuleTermsFields terms={terms} faults={faults} change={setTerms} whyBox={why} />
          <Hint isBad={Boolean(faults.tool)} id={`${id}-fault`} role="status">
            {faults.tool ??
              "Holds in every tree, for any arguments. Waiting calls that match run now. For one exact call, use “Make a rule” on its approval in the queue."}
          </Hint>
          <FormActs close={close} disabled={pending} hasKey>
            Make the rule
          </FormActs>
        </AskForm>
      ) : null}
      <OutcomeLine outcome={outcome} />
    </div>
  );
}

interface NamesProps extends ComponentProps<"select"> {
  names: readonly string[];
  /** Label of the empty choice. */
  none: string;
  choose: (name: string) => void;
}

function Names({ names, none, choose, ...rest }: NamesProps) {
  return (
    <select {...rest} onChange={(event) => choose(event.target.value)}>
      <option value="">{none}</option>
      {names.map((one) => (
        <option key={one}>{one}</option>
      ))}
    </select>
  );
}
