"use client";

import { FIELD } from "@/components/ui/field-look";
import { Hint } from "@/components/ui/hint";
import { A2A_ANSWERS, type A2aAnswer } from "@/core/log/terms";
import type { AgentFields } from "@/core/shapes/configuration";
import type { FormProps } from "./form-props";
import { FormSection } from "./form-section";

const WORDS: Record<A2aAnswer, string> = { task: "Task", message: "Message" };

interface AgentAnswerProps extends Pick<FormProps<AgentFields>, "change"> {
  answer: A2aAnswer;
}

/** How agents of other systems get the result. */
export function AgentAnswer({ answer, change }: AgentAnswerProps) {
  return (
    <FormSection title="Agents of other systems (A2A)">
      <label className={FIELD}>
        <span>Answer</span>
        <select
          value={answer}
          onChange={(event) => change({ a2a_answer: A2A_ANSWERS.find((one) => one === event.target.value) ?? "task" })}
        >
          {A2A_ANSWERS.map((one) => (
            <option key={one} value={one}>
              {WORDS[one]}
            </option>
          ))}
        </select>
      </label>
      <Hint>
        With Message, an agent that waits gets the result alone. It gets the task if this one asks back, fails, or takes
        longer than the wait.
      </Hint>
    </FormSection>
  );
}
