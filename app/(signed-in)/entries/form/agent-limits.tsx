"use client";

import { ThreeColumns } from "@/components/layout/columns";
import { FIELD } from "@/components/ui/field-look";
import { Hint } from "@/components/ui/hint";
import { type FinishingChoice, type FinishingPolicy, LEVELS, type Level } from "@/core/log/entries";
import type { AgentFields } from "@/core/shapes/configuration";
import { LEVEL_WORDS } from "@/core/words/policy";
import type { FormProps } from "./agent-form";
import { FormSection } from "./form-section";
import { NumberField } from "./number-field";

const FINISHING: [keyof FinishingPolicy, string][] = [
  ["evaluate", "Evaluate the result"],
  ["summarize", "Summarise it"],
  ["document", "Document what was learnt"],
];
const CHOICES: [FinishingChoice, string][] = [
  ["auto", "Where it matters"],
  ["always", "Always"],
  ["never", "Never"],
];
type Limits = AgentFields["limits"];
const NUMBERS: [Exclude<keyof Limits, "ask_default">, string, number][] = [
  ["max_turns", "Turns", 1_000],
  ["timeout_seconds", "Seconds for one call", 86_400],
  ["ask_timeout_seconds", "Seconds a question may wait", 31_536_000],
];
type Grant = AgentFields["grant"];
const AMOUNTS: [keyof Grant, string, number][] = [
  ["cost_usd", "Dollars", 1_000_000],
  ["tokens", "Tokens", 1e12],
  ["seconds", "Seconds", 31_536_000],
  ["tasks", "Tasks, itself included", 1_000_000],
  ["depth", "Levels below it", 100],
];

/** What follows the end of a task, how far it may reach, and where it stops. */
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
      <MostOfAGrant grant={grant} change={change} />
      <FormSection title="Limits of one task">
        <ThreeColumns>
          {NUMBERS.map(([name, label, most]) => (
            <NumberField
              key={name}
              {...{ label, most }}
              value={limits[name]}
              placeholder="As the settings say"
              change={(value) => limit({ [name]: value })}
            />
          ))}
        </ThreeColumns>
        <label className={`${FIELD} mt-2`}>
          <span>The answer to a question that nobody answers in time; empty: the task fails</span>
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
        All that the task above it has
      </label>
      {rights ? (
        <fieldset className="flex min-w-0 flex-wrap items-center gap-2 py-1" aria-label="At most these">
          {LEVELS.map((level) => (
            <label className="flex min-w-0 items-center gap-2 pr-3" key={level}>
              <input
                type="checkbox"
                checked={rights.includes(level)}
                onChange={(event) =>
                  change({
                    rights: LEVELS.filter((one) => (one === level ? event.target.checked : rights.includes(one))),
                  })
                }
              />
              {LEVEL_WORDS[level]}
            </label>
          ))}
        </fieldset>
      ) : null}
      <Hint>Never more than the task above it, whatever is chosen here.</Hint>
    </FormSection>
  );
}

function MostOfAGrant({ grant, change }: Pick<FormProps<AgentFields>, "change"> & { grant: Grant }) {
  return (
    <FormSection title="Grant of one task, at most">
      <ThreeColumns>
        {AMOUNTS.map(([name, label, most]) => (
          <NumberField
            key={name}
            {...{ label, most }}
            least={name === "depth" ? 0 : 1}
            isMoney={name === "cost_usd"}
            value={grant[name]}
            placeholder="What it is given"
            change={(value) => change({ grant: { ...grant, [name]: value } })}
          />
        ))}
      </ThreeColumns>
      <Hint>
        With its subtasks. A task above may give less, never more than it has; what goes beyond this stays with it.
      </Hint>
    </FormSection>
  );
}
