import { Field } from "@/components/ui/forms/field";
import type { Form } from "@/components/ui/forms/use-form";
import { Hint } from "@/components/ui/hint";
import type { ListedVariable } from "@/core/shapes/services/blueprints";
import { textOf } from "./wish";

interface VariableFieldsProps {
  form: Form;
  variables: readonly ListedVariable[];
  /** What was typed, by name. */
  typed: Readonly<Record<string, string>>;
  change: (name: string, text: string) => void;
}

/** A field for each value that the service gets, filled with its default. The server checks them. */
export function VariableFields({ form, variables, typed, change }: VariableFieldsProps) {
  if (variables.length === 0) return null;
  return (
    <fieldset>
      <legend className="mb-1 font-medium text-ink-2 text-small">Variables</legend>
      <div className="grid grid-cols-2 gap-3 phone:grid-cols-1">
        {variables.map((variable) => (
          <VariableField
            key={variable.name}
            form={form}
            variable={variable}
            text={textOf(variable, typed[variable.name])}
            change={(text) => change(variable.name, text)}
          />
        ))}
      </div>
    </fieldset>
  );
}

interface VariableFieldProps {
  form: Form;
  variable: ListedVariable;
  text: string;
  change: (text: string) => void;
}

function VariableField({ form, variable, text, change }: VariableFieldProps) {
  const field = `variables.${variable.name}`;
  const hintId = `${form.idOf(field)}-about`;
  const attributes = { ...form.register(field, hintId), value: text };
  return (
    <Field form={form} name={field} label={variable.name}>
      {variable.type === "choice" ? (
        <select {...attributes} onChange={({ target }) => change(target.value)}>
          {variable.choices.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      ) : (
        <input
          {...attributes}
          type="text"
          inputMode={variable.type === "integer" ? "numeric" : "text"}
          autoComplete="off"
          spellCheck={false}
          onChange={({ target }) => change(target.value)}
        />
      )}
      <Hint id={hintId}>{aboutOf(variable)}</Hint>
    </Field>
  );
}

function aboutOf(variable: ListedVariable): string {
  const { summary } = variable;
  switch (variable.type) {
    case "integer":
      return `${summary} From ${variable.least} to ${variable.most}; default: ${variable.default}.`;
    case "text":
      return `${summary} At most ${variable.most} characters; default: ${variable.default || "empty"}.`;
    case "choice":
      return `${summary} Default: ${variable.default}.`;
    default:
      return variable satisfies never;
  }
}
