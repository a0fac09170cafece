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
import { useOwnBlueprint } from "./use-own-blueprint";
import { choiceOf, EMPTY_WISH, fromOf, inputOf, OWN, WAYS, type Way, type Wish } from "./wish";

const WAY_WORDS: Record<Way, string> = {
  openapi: "OpenAPI document",
  entities: "Entities",
  requirements: "Requirements",
  nothing: "Starting point",
};

/** Four words in a row are wider than a phone. */
const TWO_ROWS =
  "phone:grid phone:h-auto phone:w-full phone:grid-cols-2 phone:[&>button]:min-h-control phone:[&>button]:justify-center " +
  "phone:[&>button:nth-child(3)]:border-l-0 phone:[&>button:nth-child(n+3)]:border-line-strong phone:[&>button:nth-child(n+3)]:border-t";

interface NewServiceProps {
  blueprints: ListedBlueprint[];
  /** Whether a language model is set up, which requirements need. */
  hasModel: boolean;
  onClosed: () => void;
}

/** Makes a service from a document, from entities, from requirements, or from nothing. */
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
  const offered = blueprints.filter(({ from }) => from === fromOf(wish.way));
  const own = useOwnBlueprint(wish.ownFolder, wish.way);
  async function begin(): Promise<Outcome> {
    const choice = choiceOf(wish, offered);
    const isOwn = choice === OWN;
    // The files may have changed since the field was left.
    const blueprint = isOwn ? await own.read() : (offered.find(({ name }) => name === choice) ?? CHOOSE);
    if (typeof blueprint === "string") return refused(blueprint);
    const made = await begun(wish, inputOf(wish, blueprint, isOwn), once);
    if (!made.ok) return made;
    go.after.push("treeId" in made ? `/trees/${made.treeId}` : pageOf(made.project, wish.way));
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
          <Segments aria-label="Made from" className={`w-fit ${TWO_ROWS}`}>
            {WAYS.map((way) => (
              <button key={way} type="button" aria-pressed={wish.way === way} onClick={() => change({ way })}>
                {WAY_WORDS[way]}
              </button>
            ))}
          </Segments>
          {wish.way === "nothing" ? (
            <Hint className="mt-0!">
              A small repository that works at once, with its check and an example to replace with your own work. It
              needs no document and no model.
            </Hint>
          ) : (
            <SourceField key={wish.way} form={form} way={wish.way} texts={wish.texts} change={change} />
          )}
          {needsModel ? (
            <Hint className="mt-0!">
              Requirements need a language model, and none is set up: add one on the settings page. A document or
              entities need none.
            </Hint>
          ) : null}
          <BlueprintFields form={form} offered={offered} own={own} wish={wish} change={change} />
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

const CHOOSE = "Choose a blueprint.";

function refused(sentence: string): Outcome {
  return { ok: false, sentence, issues: [{ path: ["blueprint"], message: sentence }] };
}

function begun({ way, texts }: Wish, input: ReturnType<typeof inputOf>, once: string) {
  const { requirements } = texts;
  if (way === "requirements") return sendKept("New service", () => beginSpecified({ ...input, requirements }, once));
  return makeOfDocument(way === "nothing" ? input : { ...input, [way]: texts[way] });
}

/** What is made from nothing has no operations to look at. */
function pageOf(project: string, way: Way): string {
  return `/projects/${project}/service${way === "nothing" ? "" : "?part=contract"}`;
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
