"use client";

import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import { testProvider } from "@/app/actions/providers";
import { operate } from "@/app/operate";
import { Field } from "@/components/ui/forms/field";
import { useForm } from "@/components/ui/forms/use-form";
import { Hint } from "@/components/ui/hint";
import { type Outcome, useAction } from "@/components/ui/hooks/use-action";
import { Button, Say } from "@/components/ui/parts";
import type { ListedProvider, ProviderTest } from "@/core/shapes/installation/providers";
import { ModelChoice } from "./model-choice";

interface ProviderFormProps {
  provider: ListedProvider;
  /** The present default model. */
  defaultModel: string;
  onKept: (outcome: Outcome) => void;
  onCancel?: () => void;
  /** Focuses the first field, because the person opened the form. */
  takesFocus?: boolean;
}

/** Returns the usual model if the provider lists it: a gateway may have others. */
function usualIn(models: readonly string[], usual: string | null): string | null {
  return usual !== null && models.includes(usual) ? usual : null;
}

/** Holds the typed values and the result of their test, and saves them. */
function useProviderForm({ provider, defaultModel, onKept }: ProviderFormProps) {
  const [key, setKey] = useState("");
  const [address, setAddress] = useState(provider.base_url ?? "");
  const [model, setModel] = useState("");
  const [tested, setTested] = useState<ProviderTest | null>(null);
  const testing = useAction();
  const form = useForm();
  /** How often the typed values changed. A test's answer counts only if they have not changed since it began. */
  const changes = useRef(0);
  const access = { id: provider.name, key: key.trim() || undefined, base_url: address.trim() || undefined };

  /** Drops the test result, because it is about the earlier values. */
  function forget(): void {
    changes.current += 1;
    setTested(null);
    testing.say(null);
    form.say(null);
  }

  function test(): void {
    const ofTest = changes.current;
    const isOfEarlierValues = () => changes.current !== ofTest;
    testing.run(
      async () => {
        const found = await testProvider(access);
        if (isOfEarlierValues()) return found;
        if (found.issues) {
          form.say(found);
          return found;
        }
        setTested(found);
        if (found.ok && model === "" && defaultModel === "runbook")
          setModel(usualIn(found.models, provider.usual_model) ?? found.models[0] ?? "");
        return found;
      },
      () => isOfEarlierValues() && testing.say(null),
    );
  }

  function keep(): void {
    form.run(
      () => operate("setProviderKey", { ...access, model: model || undefined }),
      (outcome) => outcome.ok && onKept(outcome),
    );
  }

  return {
    key,
    address,
    model,
    setModel,
    tested,
    test,
    keep,
    form,
    message: form.outcome ? form.rest : (tested ?? (testing.outcome?.ok === false ? testing.outcome : null)),
    isTesting: testing.pending,
    isBusy: testing.pending || form.pending,
    isEmpty: !access.key && !access.base_url,
    typeKey(text: string) {
      setKey(text);
      forget();
    },
    typeAddress(text: string) {
      setAddress(text);
      forget();
    },
  };
}

/**
 * A form for a provider's key and address. It tests the typed values, then saves them; they go to the server and the
 * provider only.
 */
export function ProviderForm(props: ProviderFormProps) {
  const { provider, defaultModel, onCancel, takesFocus = false } = props;
  const { label, takes_key } = provider;
  const id = useId();
  const typed = useProviderForm(props);
  const { tested, message, isBusy, model, setModel } = typed;
  const first = typed.form.idOf(takes_key ? "key" : "base_url");
  useEffect(() => {
    if (takesFocus) document.getElementById(first)?.focus();
  }, [takesFocus, first]);

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (isBusy) return;
    if (tested?.ok) typed.keep();
    else typed.test();
  }

  return (
    <form {...typed.form.props} className="stack" onSubmit={submit} aria-label={`Connect ${label}`}>
      <AccessFields provider={provider} typed={typed} id={id} />
      <Unused provider={provider} address={typed.address} />
      {message ? (
        <div id={id}>
          <Say look={message.ok ? "good" : "bad"} role={message.ok ? "status" : "alert"}>
            {message.sentence}
          </Say>
        </div>
      ) : null}
      {tested?.ok ? (
        <ModelChoice
          models={tested.models}
          usual={usualIn(tested.models, provider.usual_model)}
          now={defaultModel}
          model={model}
          setModel={setModel}
        />
      ) : null}
      <div className="flex flex-wrap items-center gap-2">
        <Button type="submit" look={tested?.ok ? "primary" : "plain"} disabled={isBusy || typed.isEmpty}>
          {tested?.ok ? "Save" : typed.isTesting ? "Testing…" : takes_key ? "Test the key" : "Test the address"}
        </Button>
        {tested?.ok === false ? (
          <Button look="quiet" disabled={isBusy} onClick={typed.keep}>
            Save anyway
          </Button>
        ) : null}
        {onCancel ? (
          <Button look="quiet" onClick={onCancel}>
            Cancel
          </Button>
        ) : null}
      </div>
      <Hint>
        The test lists the provider’s models, which is free.{" "}
        {takes_key ? "The key is stored encrypted and never shown again." : ""}
      </Hint>
    </form>
  );
}

/** Says before the test that what is typed would not be used, because the environment sets something else. */
function Unused({ provider, address }: { provider: ListedProvider; address: string }) {
  const { source, has_key, takes_key, settings, fixed_address: fixed } = provider;
  if (source === "environment" && (has_key || !takes_key))
    return (
      <Hint>
        The environment ({settings.join(", ")}) sets what is used. What you save here is not used until that is removed.
      </Hint>
    );
  if (fixed === null || address.trim().replace(/\/+$/, "") === fixed.replace(/\/+$/, "")) return null;
  return (
    <Hint>
      {settings.at(-1)} in the environment sends calls to {fixed}. A key for another address is not used.
    </Hint>
  );
}

interface AccessFieldsProps {
  provider: ListedProvider;
  typed: ReturnType<typeof useProviderForm>;
  /** The id of the message about these fields. */
  id: string;
}

function AccessFields({ provider, typed, id }: AccessFieldsProps) {
  const { form, message } = typed;
  // What the provider refused is what was sent to it.
  const sent = provider.takes_key ? "key" : "base_url";
  const marked = (name: "key" | "base_url") => {
    const registered = form.register(name, name === sent && message ? id : undefined);
    return name === sent && message?.ok === false ? { ...registered, "aria-invalid": true } : registered;
  };
  return (
    <>
      {provider.takes_key ? (
        <Field form={form} name="key" label="Key">
          <input
            {...marked("key")}
            type="password"
            className="font-mono text-mono"
            autoComplete="off"
            spellCheck={false}
            placeholder={provider.key_start ? `${provider.key_start}…` : undefined}
            value={typed.key}
            onChange={(event) => typed.typeKey(event.target.value)}
          />
        </Field>
      ) : null}
      <Field form={form} name="base_url" label={provider.takes_key ? "Address (optional)" : "Address"}>
        <input
          {...marked("base_url")}
          type="text"
          inputMode="url"
          className="font-mono text-mono"
          autoComplete="off"
          spellCheck={false}
          placeholder={provider.own_address}
          value={typed.address}
          onChange={(event) => typed.typeAddress(event.target.value)}
        />
      </Field>
      {provider.also_serves ? (
        <Hint>
          For another server with {provider.label}’s API, such as {provider.also_serves}, enter its address and its key,
          if it has one.
        </Hint>
      ) : null}
    </>
  );
}
