import { Field } from "@/components/ui/forms/field";
import type { Form } from "@/components/ui/forms/use-form";
import { Hint } from "@/components/ui/hint";
import { UNIT_KINDS } from "@/core/log/plans";
import { MOST_MINUTES, MOST_RISK } from "@/core/plans/unit";
import type { DraftUnit } from "./plan-draft";

interface UnitFieldsProps {
  form: Form;
  unit: DraftUnit;
  units: readonly DraftUnit[];
  agents: readonly string[];
  change: (more: Partial<DraftUnit>) => void;
}

const RISKS = Array.from({ length: MOST_RISK + 1 }, (_, risk) => risk);

/** The fields of one unit. */
export function UnitFields({ form, unit, units, agents, change }: UnitFieldsProps) {
  const text = (name: "title" | "deliverable" | "shown_by" | "risk_why" | "minutes") => ({
    ...form.register(name),
    value: unit[name],
    onChange: (event: { target: { value: string } }) => change({ [name]: event.target.value }),
  });
  return (
    <div className="mt-3 grid gap-3">
      <Field form={form} name="title" label="Title">
        <input {...text("title")} type="text" className="w-full" />
      </Field>
      <Field form={form} name="instruction" label="Instruction">
        <textarea
          {...form.register("instruction")}
          rows={3}
          className="field-sizing-content max-h-60 w-full"
          value={unit.instruction}
          onChange={(event) => change({ instruction: event.target.value })}
        />
      </Field>
      <div className="grid grid-cols-2 gap-3 phone:grid-cols-1">
        <Field form={form} name="deliverable" label="Deliverable">
          <input {...text("deliverable")} type="text" className="w-full" />
        </Field>
        <Field form={form} name="shown_by" label="Shown by">
          <input {...text("shown_by")} type="text" className="w-full" />
        </Field>
        <Field form={form} name="executor" label="Agent">
          <Choice
            form={form}
            name="executor"
            value={unit.executor}
            choices={agents}
            set={(executor) => change({ executor })}
          />
        </Field>
        <Field form={form} name="kind" label="Kind">
          <Choice form={form} name="kind" value={unit.kind} choices={UNIT_KINDS} set={(kind) => change({ kind })} />
        </Field>
        <Field form={form} name="minutes" label={`Minutes, at most ${MOST_MINUTES}`}>
          <input
            {...text("minutes")}
            type="text"
            inputMode="decimal"
            className="w-full"
            placeholder="estimated by Banyan"
          />
        </Field>
        <Field form={form} name="risk" label="Risk">
          <select
            {...form.register("risk")}
            className="w-full"
            value={unit.risk}
            onChange={(event) => change({ risk: Number(event.target.value) })}
          >
            {RISKS.map((risk) => (
              <option key={risk} value={risk}>
                {risk === 0 ? "not said" : `${risk} of ${MOST_RISK}`}
              </option>
            ))}
          </select>
        </Field>
      </div>
      <Field form={form} name="risk_why" label="Why this risk">
        <input {...text("risk_why")} type="text" className="w-full" />
      </Field>
      <After form={form} unit={unit} units={units} change={change} />
    </div>
  );
}

interface ChoiceProps<Value extends string> {
  form: Form;
  name: string;
  value: Value;
  choices: readonly Value[];
  set: (value: Value) => void;
}

function Choice<Value extends string>({ form, name, value, choices, set }: ChoiceProps<Value>) {
  return (
    <select
      {...form.register(name)}
      className="w-full"
      value={value}
      onChange={(event) => {
        const chosen = choices[event.target.selectedIndex];
        if (chosen !== undefined) set(chosen);
      }}
    >
      {choices.map((one) => (
        <option key={one}>{one}</option>
      ))}
    </select>
  );
}

/** The units that this unit waits for. */
function After({ form, unit, units, change }: Omit<UnitFieldsProps, "agents">) {
  const others = units.filter(({ key }) => key !== unit.key);
  if (others.length === 0) return null;
  return (
    <fieldset>
      <legend className="mb-1 text-small font-medium text-ink-2">Starts after</legend>
      {others.map(({ key, title }, at) => (
        <label key={key} className="flex min-h-6 items-center gap-2">
          <input
            {...(at === 0 ? form.register("after") : {})}
            type="checkbox"
            checked={unit.after.includes(key)}
            onChange={(event) => {
              const rest = unit.after.filter((one) => one !== key);
              change({ after: event.target.checked ? [...rest, key] : rest });
              form.clear("after");
            }}
          />
          <span className="min-w-0 wrap-anywhere">
            {units.findIndex((one) => one.key === key) + 1}. {title || "New unit"}
          </span>
        </label>
      ))}
      {form.fault("after") ?? <Hint>Units that wait for nothing start at once.</Hint>}
    </fieldset>
  );
}
