import { Field } from "@/components/ui/forms/field";
import type { Form } from "@/components/ui/forms/use-form";
import { Hint } from "@/components/ui/hint";
import type { ListedBlueprint } from "@/core/shapes/services/blueprints";
import { OwnFolder } from "./own-folder";
import type { OwnBlueprint } from "./use-own-blueprint";
import { VariableFields } from "./variable-fields";
import { choiceOf, fromOf, OWN, partsOf, variablesOf, type Wish } from "./wish";

interface BlueprintFieldsProps {
  form: Form;
  /** Those that are made from what the person has. */
  offered: readonly ListedBlueprint[];
  own: OwnBlueprint;
  wish: Wish;
  change: (fields: Partial<Wish>) => void;
}

/** What kind of service it becomes, with the parts and values that it gets. The server says which parts exclude each other. */
export function BlueprintFields({ form, offered, own, wish, change }: BlueprintFieldsProps) {
  const choice = choiceOf(wish, offered);
  const isOwn = choice === OWN;
  const usable = own.fault === null ? own.blueprint : null;
  const chosen = isOwn ? usable : offered.find(({ name }) => name === choice);
  const field = isOwn ? "choice" : "blueprint";
  const choose = (name: string) => {
    form.clear("blueprint");
    change({ blueprints: { ...wish.blueprints, [fromOf(wish.way)]: name } });
  };
  return (
    <>
      <Field form={form} name={field} label="Blueprint">
        <select {...form.register(field)} value={choice} onChange={({ target }) => choose(target.value)}>
          {offered.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
          <option value={OWN}>Another folder…</option>
        </select>
        {isOwn ? null : <Hint>{chosen?.summary}</Hint>}
      </Field>
      {isOwn ? (
        <OwnFolder form={form} folder={wish.ownFolder} own={own} change={(ownFolder) => change({ ownFolder })} />
      ) : null}
      {chosen ? <PartFields form={form} blueprint={chosen} wish={wish} change={change} /> : null}
      {chosen ? (
        <VariableFields
          form={form}
          variables={variablesOf(wish, chosen)}
          typed={wish.variables}
          change={(name, text) => change({ variables: { ...wish.variables, [name]: text } })}
        />
      ) : null}
    </>
  );
}

interface PartFieldsProps extends Pick<BlueprintFieldsProps, "form" | "wish" | "change"> {
  blueprint: ListedBlueprint;
}

function PartFields({ form, blueprint, wish, change }: PartFieldsProps) {
  if (blueprint.parts.length === 0) return null;
  const chosen = partsOf(wish, blueprint);
  const toggle = (part: string, isOn: boolean) => {
    form.clear("with");
    change({ parts: isOn ? [...wish.parts, part] : wish.parts.filter((one) => one !== part) });
  };
  return (
    <fieldset>
      <legend className="mb-1 font-medium text-ink-2 text-small">Parts</legend>
      <div className="grid grid-cols-2 gap-x-4 gap-y-1 phone:grid-cols-1">
        {blueprint.parts.map((part, at) => (
          <label key={part.name} className="flex min-h-6 min-w-0 items-start gap-2">
            {/* The first one stands for all of them, where their combination is refused. */}
            <input
              {...(at === 0 ? form.register("with") : {})}
              type="checkbox"
              className="mt-[3px]"
              checked={chosen.includes(part)}
              onChange={({ target }) => toggle(part.name, target.checked)}
            />
            <span className="min-w-0">
              {part.name} <span className="text-ink-3 text-small">{part.summary}</span>
            </span>
          </label>
        ))}
      </div>
      {form.fault("with")}
    </fieldset>
  );
}
