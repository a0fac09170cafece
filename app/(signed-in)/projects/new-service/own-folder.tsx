import { Field } from "@/components/ui/forms/field";
import type { Form } from "@/components/ui/forms/use-form";
import { Hint } from "@/components/ui/hint";
import type { OwnBlueprint } from "./use-own-blueprint";

interface OwnFolderProps {
  form: Form;
  folder: string;
  own: OwnBlueprint;
  change: (folder: string) => void;
}

/** The folder of a person's own blueprint, which is read when the field is left. */
export function OwnFolder({ form, folder, own: { blueprint, fault, read }, change }: OwnFolderProps) {
  const hintId = `${form.idOf("blueprint")}-read`;
  const isRefused = form.fault("blueprint") !== null;
  return (
    <Field form={form} name="blueprint" label="Folder of the blueprint on the server">
      <input
        {...form.register("blueprint", hintId)}
        {...(fault !== null && !isRefused && { "aria-invalid": true })}
        type="text"
        autoComplete="off"
        spellCheck={false}
        placeholder="/srv/blueprints/our-api"
        value={folder}
        onChange={({ target }) => change(target.value)}
        onBlur={() => (folder.trim() === "" ? undefined : void read())}
      />
      {isRefused ? null : (
        <Hint id={hintId} isBad={fault !== null} role={fault === null ? undefined : "alert"}>
          {fault ??
            blueprint?.summary ??
            "It has a file blueprint.yaml. Its parts and variables appear when you leave the field."}
        </Hint>
      )}
    </Field>
  );
}
