import { Field } from "@/components/ui/forms/field";
import type { Form } from "@/components/ui/forms/use-form";
import { Hint } from "@/components/ui/hint";
import type { ListedBlueprint } from "@/core/shapes/services/blueprints";
import type { Wish } from "./wish";

interface BlueprintFieldsProps {
  form: Form;
  blueprints: readonly ListedBlueprint[];
  wish: Wish;
  change: (fields: Partial<Wish>) => void;
}

/** What kind of service it becomes, and the parts that it gets. The server says which parts exclude each other. */
export function BlueprintFields({ form, blueprints, wish: { blueprint, parts }, change }: BlueprintFieldsProps) {
  const offered = blueprints.filter(({ from }) => from === "document");
  const chosen = offered.find(({ name }) => name === blueprint);
  const choose = (name: string) => {
    const allowed = offered.find((one) => one.name === name)?.parts ?? [];
    change({ blueprint: name, parts: parts.filter((part) => allowed.some((one) => one.name === part)) });
  };
  const toggle = (part: string, isOn: boolean) => {
    form.clear("with");
    change({ parts: isOn ? [...parts, part] : parts.filter((one) => one !== part) });
  };
  return (
    <>
      <Field form={form} name="blueprint" label="Blueprint">
        <select {...form.register("blueprint")} value={blueprint} onChange={({ target }) => choose(target.value)}>
          {offered.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
        <Hint>{chosen?.summary}</Hint>
      </Field>
      <fieldset>
        <legend className="mb-1 font-medium text-ink-2 text-small">Parts</legend>
        <div className="grid grid-cols-2 gap-x-4 gap-y-1 phone:grid-cols-1">
          {chosen?.parts.map(({ name, summary }, at) => (
            <label key={name} className="flex min-h-6 min-w-0 items-start gap-2">
              {/* The first one stands for all of them, where their combination is refused. */}
              <input
                {...(at === 0 ? form.register("with") : {})}
                type="checkbox"
                className="mt-[3px]"
                checked={parts.includes(name)}
                onChange={({ target }) => toggle(name, target.checked)}
              />
              <span className="min-w-0">
                {name} <span className="text-ink-3 text-small">{summary}</span>
              </span>
            </label>
          ))}
        </div>
        {form.fault("with")}
      </fieldset>
    </>
  );
}
