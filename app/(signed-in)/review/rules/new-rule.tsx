"use client";

import { type ComponentProps, type FormEvent, useRef, useState } from "react";
import { operate } from "@/app/operate";
import { refreshPage } from "@/components/refresh/refresh-page";
import { AskForm } from "@/components/reviews/reason-form";
import { BESIDE, FieldPairs } from "@/components/ui/facts";
import { FormActs } from "@/components/ui/form-acts";
import { useForm } from "@/components/ui/forms/use-form";
import { Hint } from "@/components/ui/hint";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import { mostOf, type RuleTerms, RuleTermsFields } from "../decide/rule-terms";

interface NewRuleProps {
  tools: string[];
  agents: string[];
}

const NO_TERMS: RuleTerms = { hours: "24", most: "", why: "" };

/** Form for a rule that approves every call of a tool. A rule for an exact call is made from its approval. */
export function NewRule({ tools, agents }: NewRuleProps) {
  const form = useForm();
  const { pending, rest, run } = form;
  const [isOpen, setOpen] = useState(false);
  const [tool, setTool] = useState("");
  const [agent, setAgent] = useState("");
  const [terms, setTerms] = useState(NO_TERMS);
  const opener = useRef<HTMLButtonElement>(null);
  const why = useRef<HTMLTextAreaElement>(null);
  function close(): void {
    setOpen(false);
    opener.current?.focus();
  }
  function submit(event: FormEvent): void {
    event.preventDefault();
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
        <AskForm form={form} submit={submit} close={close}>
          <FieldPairs>
            <label htmlFor={form.idOf("tool")}>Every call of</label>
            <Names {...form.register("tool")} names={tools} none="Choose a tool" value={tool} choose={setTool} />
            {form.fault("tool", BESIDE)}
            <label htmlFor={form.idOf("agent")}>Made by</label>
            <Names {...form.register("agent")} names={agents} none="Any agent" value={agent} choose={setAgent} />
            {form.fault("agent", BESIDE)}
          </FieldPairs>
          <RuleTermsFields terms={terms} form={form} change={setTerms} whyBox={why} />
          <Hint>
            Holds in every tree, for any arguments. Waiting calls that match run now. For one exact call, use “Make a
            rule” on its approval in the queue.
          </Hint>
          <FormActs close={close} disabled={pending} hasKey>
            Make the rule
          </FormActs>
        </AskForm>
      ) : null}
      <OutcomeLine outcome={rest} />
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
