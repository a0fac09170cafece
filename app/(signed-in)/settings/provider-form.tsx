"use client";

import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import type { ListedProvider, ProviderTest } from "@/agents/core/shapes-providers";
import { setProviderKey, testProvider } from "@/app/actions/providers";
import { Button, Say } from "@/components/ui/parts";
import { type Outcome, useAction } from "@/components/ui/use-action";
import { ModelChoice } from "./model-choice";

interface ProviderFormProps {
  provider: ListedProvider;
  /** What tasks use now when nobody names a model. */
  defaultModel: string;
  onKept: (outcome: Outcome) => void;
  onCancel?: () => void;
  /** It was asked for: its first field takes the focus. */
  takesFocus?: boolean;
}

/** A key, an address, or both: tested as typed, then kept. Nothing that was typed is sent anywhere but to the server and the provider. */
export function ProviderForm({ provider, defaultModel, onKept, onCancel, takesFocus = false }: ProviderFormProps) {
  const id = useId();
  const [key, setKey] = useState("");
  const [address, setAddress] = useState(provider.base_url ?? "");
  const [model, setModel] = useState("");
  const [tested, setTested] = useState<ProviderTest | null>(null);
  const testing = useAction();
  const keeping = useAction();
  const { name, label, takes_key, own_address } = provider;
  const access = { provider: name, key: key.trim() || undefined, base_url: address.trim() || undefined };
  const isEmpty = !access.key && !access.base_url;
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (takesFocus) form.current?.querySelector("input")?.focus();
  }, [takesFocus]);
  const isBusy = testing.pending || keeping.pending;

  function change(work: () => void): void {
    work();
    setTested(null);
    testing.say(null);
    keeping.say(null);
  }

  function test(): void {
    testing.run(async () => {
      const found = await testProvider(access);
      setTested(found);
      if (found.ok && model === "" && defaultModel === "runbook")
        setModel(provider.usual_model ?? found.models[0] ?? "");
      return found;
    });
  }

  function keep(): void {
    keeping.run(
      () => setProviderKey({ ...access, model: model || undefined }),
      (outcome) => outcome.ok && onKept(outcome),
    );
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (isBusy) return;
    if (tested?.ok) keep();
    else test();
  }

  const said = keeping.outcome ?? tested ?? (testing.outcome?.ok === false ? testing.outcome : null);
  return (
    <form ref={form} className="stack" onSubmit={submit} aria-label={`Connect ${label}`}>
      {takes_key ? (
        <label className="f">
          <span>Key</span>
          <input
            type="password"
            className="mono"
            autoComplete="off"
            spellCheck={false}
            placeholder={provider.key_start ? `${provider.key_start}…` : undefined}
            value={key}
            onChange={(event) => change(() => setKey(event.target.value))}
            aria-invalid={said?.ok === false || undefined}
            aria-describedby={said ? id : undefined}
          />
        </label>
      ) : null}
      <label className="f">
        <span>{takes_key ? "Address, where it is not the provider’s own" : "Address"}</span>
        <input
          type="text"
          inputMode="url"
          className="mono"
          autoComplete="off"
          spellCheck={false}
          placeholder={own_address}
          value={address}
          onChange={(event) => change(() => setAddress(event.target.value))}
        />
      </label>
      {said ? (
        <div id={id}>
          <Say look={said.ok ? "good" : "bad"} role={said.ok ? "status" : "alert"}>
            {said.sentence}
          </Say>
        </div>
      ) : null}
      {tested?.ok ? (
        <ModelChoice models={tested.models} usual={provider.usual_model} now={defaultModel} {...{ model, setModel }} />
      ) : null}
      <div className="acts">
        <Button type="submit" look={tested?.ok ? "primary" : "plain"} disabled={isBusy || isEmpty}>
          {tested?.ok ? "Keep it" : testing.pending ? "Testing…" : takes_key ? "Test the key" : "Test the address"}
        </Button>
        {tested?.ok === false ? (
          <Button look="quiet" disabled={isBusy} onClick={keep}>
            Keep it all the same
          </Button>
        ) : null}
        {onCancel ? (
          <Button look="quiet" onClick={onCancel}>
            Cancel
          </Button>
        ) : null}
      </div>
      <p className="hint">
        A test asks for the list of models, which is free.{" "}
        {takes_key ? "The key is kept encrypted and never shown again." : ""}
      </p>
    </form>
  );
}
