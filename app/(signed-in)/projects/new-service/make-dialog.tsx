"use client";

import { type FormEvent, useState } from "react";
import { beginSpecified, makeOfDocument } from "@/app/actions/service-making";
import { sendKept } from "@/components/away/kept-clicks";
import { useGo } from "@/components/going/use-go";
import { FormActs } from "@/components/ui/form-acts";
import { Field } from "@/components/ui/forms/field";
import { type Form, useForm } from "@/components/ui/forms/use-form";
import { Hint } from "@/components/ui/hint";
import type { Outcome } from "@/components/ui/hooks/use-action";
import { newKey } from "@/components/ui/hooks/use-once";
import { Modal } from "@/components/ui/modal";
import { Refusal } from "@/components/ui/outcome-line";
import { Segments } from "@/components/ui/segments";
import type { ListedBlueprint } from "@/core/shapes/services/blueprints";
import { BlueprintFields } from "./blueprint-fields";
import { SourceField } from "./source-field";
import { EMPTY_WISH, placeOf, WAYS, type Way, type Wish } from "./wish";

const WAY_WORDS: Record<Way, string> = {
  openapi: "OpenAPI document",
  entities: "Entities",
  requirements: "Requirements",
};

interface NewServiceProps {
  blueprints: ListedBlueprint[];
  /** Whether a language model is set up, which requirements need. */
  hasModel: boolean;
  onClosed: () => void;
}

/** Makes a service from a document, from entities, or from requirements. */
export function MakeServiceDialog({ blueprints, hasModel, onClosed }: NewServiceProps) {
  const [wish, setWish] = useState<Wish>(EMPTY_WISH);
  // A changed wish is another service, which needs a key of its own.
  const [once, setOnce] = useState(newKey);
  const form = useForm();
  const go = useGo();
  const change = (fields: Partial<Wish>) => {
    setWish((now) => ({ ...now, ...fields }));
    setOnce(newKey());
  };
  async function begin(): Promise<Outcome> {
    const made = await begun(wish, once);
    if (!made.ok) return made;
    go.after.push("treeId" in made ? `/trees/${made.treeId}` : `/projects/${made.project}/service?part=contract`);
    return { ok: true, sentence: "" };
  }
  function send(event: FormEvent): void {
    event.preventDefault();
    if (!form.pending) form.run(begin);
  }
  const needsModel = wish.way === "requirements" && !hasModel;
  return (
    <Modal title="New service" onClosed={onClosed} wide>
      {(dismiss) => (
        <form {...form.props} className="mt-3 grid gap-3" onSubmit={send}>
          <Segments aria-label="Made from" className="w-fit max-w-full overflow-x-auto">
            {WAYS.map((way) => (
              <button key={way} type="button" aria-pressed={wish.way === way} onClick={() => change({ way })}>
                {WAY_WORDS[way]}
              </button>
            ))}
          </Segments>
          <SourceField key={wish.way} form={form} wish={wish} change={change} />
          {needsModel ? (
            <Hint className="mt-0!">
              Requirements need a language model, and none is set up: add one on the settings page. A document or
              entities need none.
            </Hint>
          ) : null}
          <BlueprintFields form={form} blueprints={blueprints} wish={wish} change={change} />
          <PlaceFields form={form} wish={wish} change={change} />
          <Refusal outcome={form.rest} />
          <FormActs close={dismiss} disabled={form.pending}>
            {wish.way === "requirements" ? "Specify it" : "Make it"}
          </FormActs>
        </form>
      )}
    </Modal>
  );
}

function begun(wish: Wish, once: string) {
  const place = placeOf(wish);
  const { openapi, entities, requirements } = wish.texts;
  if (wish.way === "requirements")
    return sendKept("New service", () => beginSpecified({ ...place, requirements }, once));
  const source = wish.way === "openapi" ? { openapi } : { entities };
  return makeOfDocument({ ...place, ...source });
}

interface PlaceFieldsProps {
  form: Form;
  wish: Wish;
  change: (fields: Partial<Wish>) => void;
}

function PlaceFields({ form, wish: { folder, name }, change }: PlaceFieldsProps) {
  return (
    <div className="grid grid-cols-2 gap-3 phone:grid-cols-1">
      <Field form={form} name="workspace" label="Folder on the server, empty or not there yet">
        <input
          {...form.register("workspace")}
          type="text"
          autoComplete="off"
          spellCheck={false}
          placeholder="/srv/shop"
          value={folder}
          onChange={({ target }) => change({ folder: target.value })}
        />
      </Field>
      <Field form={form} name="name" label="Name (default: the folder’s)">
        <input
          {...form.register("name")}
          type="text"
          autoComplete="off"
          spellCheck={false}
          value={name}
          onChange={({ target }) => change({ name: target.value })}
        />
      </Field>
    </div>
  );
}
