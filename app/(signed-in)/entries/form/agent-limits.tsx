"use client";

import { ThreeColumns } from "@/components/layout/columns";
import { FIELD } from "@/components/ui/field-look";
import { Hint } from "@/components/ui/hint";
import { type FinishingChoice, type FinishingPolicy, LEVELS, type Level } from "@/core/log/entries";
import { EFFORTS, type Effort } from "@/core/log/model";
import type { AgentFields } from "@/core/shapes/configuration";
import { LEVEL_WORDS } from "@/core/words/policy";
import type { FormProps } from "./form-props";
import { FormSection } from "./form-section";
import { NumberField } from "./number-field";

const FINISHING: [keyof FinishingPolicy, string][] = [
  ["evaluate", "Evaluate the result"],
  ["summarize", "Summarise the result"],
  ["document", "Document what it learnt"],
];
const CHOICES: [FinishingChoice, string][] = [
  ["auto", "Automatic"],
  ["always", "Always"],
  ["never", "Never"],
];
const EFFORT_WORDS: Record<Effort, string> = { low: "Low", medium: "Medium", high: "High" };
type Limits = AgentFields["limits"];
const NUMBERS: [Exclude<keyof Limits, "ask_default">, string, number][] = [
  ["max_turns", "Turns", 1_000],
  ["output_tokens", "Tokens of one reply", 10_000_000],
  ["timeout_seconds", "Timeout of a call (seconds)", 86_400],
  ["ask_timeout_seconds", "Timeout of a question (seconds)", 31_536_000],
];
type Grant = AgentFields["grant"];
const AMOUNTS: [keyof Grant, string, number][] = [
  ["cost_usd", "Dollars", 1_000_000],
  ["tokens", "Tokens", 1e12],
  ["seconds", "Seconds", 31_536_000],
  ["tasks", "Tasks (including itself)", 1_000_000],
  ["depth", "Depth of subtasks", 100],
];

/** The agent's finishing tasks, rights, grant and limits. */
export function AgentLimits({ fields, change, readOnly }: FormProps<AgentFields>) {
  const { finishing, rights, grant, limits } = fields;
  const limit = (changed: Partial<Limits>) => change({ limits: { ...limits, ...changed } });
  return (
    <>
      <FormSection title="When a task ends">
        <ThreeColumns>
          {FINISHING.map(([name, words]) => (
            <label className={FIELD} key={name}>
              <span>{words}</span>
              <select
                value={finishing[name]}
                onChange={(event) =>
                  change({ finishing: { ...finishing, [name]: event.target.value as FinishingChoice } })
                }
              >
                {CHOICES.map(([value, text]) => (
                  <option key={value} value={value}>
                    {text}
                  </option>
                ))}
              </select>
            </label>
          ))}
        </ThreeColumns>
      </FormSection>
      <Rights rights={rights} change={change} />
      <MaximumGrant grant={grant} change={change} />
      <FormSection title="Reasoning">
        <label className={FIELD}>
          <span>Effort of the model</span>
          <select
            value={fields.effort ?? ""}
            onChange={(event) => change({ effort: EFFORTS.find((one) => one === event.target.value) ?? null })}
          >
            <option value="">Default of the provider</option>
            {EFFORTS.map((effort) => (
              <option key={effort} value={effort}>
                {EFFORT_WORDS[effort]}
              </option>
            ))}
          </select>
        </label>
      </FormSection>
      <FormSection title="Limits per task">
        <ThreeColumns>
          {NUMBERS.map(([name, label, most]) => (
            <NumberField
              key={name}
              label={label}
              most={most}
              value={limits[name]}
              placeholder="Default"
              change={(value) => limit({ [name]: value })}
            />
          ))}
        </ThreeColumns>
        <label className={`${FIELD} mt-2`}>
          <span>Default answer when a question times out (if empty, the task fails)</span>
          <input
            type="text"
            value={limits.ask_default ?? ""}
            readOnly={readOnly}
            onChange={(event) => limit({ ask_default: event.target.value || null })}
          />
        </label>
      </FormSection>
    </>
  );
}

function Rights({ rights, change }: Pick<FormProps<AgentFields>, "change"> & { rights: Level[] | null }) {
  return (
    <FormSection title="Rights">
      <label className="flex min-w-0 items-center gap-2 py-1">
        <input
          type="checkbox"
          checked={rights === null}
          onChange={(event) => change({ rights: event.target.checked ? null : ["read", "write"] })}
        />
        Same as the parent task
      </label>
      {rights ? (
        <fieldset className="flex min-w-0 flex-wrap items-center gap-2 py-1" aria-label="Only these">
          {LEVELS.map((level) => (
            <label className="flex min-w-0 items-center gap-2 pr-3" key={level}>
              <input
                type="checkbox"
                checked={rights.includes(level)}
                onChange={(event) =>
                  change({
                    rights: LEVELS.filter((other) => (other === level ? event.target.checked : rights.includes(other))),
                  })
                }
              />
              {LEVEL_WORDS[level]}
            </label>
          ))}
        </fieldset>
      ) : null}
      <Hint>A task never has more rights than its parent.</Hint>
    </FormSection>
  );
}

function MaximumGrant({ grant, change }: Pick<FormProps<AgentFields>, "change"> & { grant: Grant }) {
  return (
    <FormSection title="Maximum grant per task">
      <ThreeColumns>
        {AMOUNTS.map(([name, label, most]) => (
          <NumberField
            key={name}
            label={label}
            most={most}
            least={name === "depth" ? 0 : 1}
            isMoney={name === "cost_usd"}
            value={grant[name]}
            placeholder="No maximum"
            change={(value) => change({ grant: { ...grant, [name]: value } })}
          />
        ))}
      </ThreeColumns>
      <Hint>
        Covers the task and its subtasks. The parent may give less. If the parent offers more, the rest stays with the
        parent.
      </Hint>
    </FormSection>
  );
}
