"use client";

import Link from "next/link";
import { type FormEvent, useState } from "react";
import { refreshPage } from "@/components/refresh/refresh-page";
import { FormActs } from "@/components/ui/form-acts";
import { Field } from "@/components/ui/forms/field";
import { typedNumber } from "@/components/ui/forms/number-field";
import { useChanges } from "@/components/ui/forms/use-changes";
import { useForm } from "@/components/ui/forms/use-form";
import { Hint } from "@/components/ui/hint";
import { Modal } from "@/components/ui/modal";
import { Refusal } from "@/components/ui/outcome-line";
import type { ForgeKind, ForgeOfProject } from "@/core/shapes/forges";
import { forgeWords } from "@/core/words/projects";
import { linkForge } from "./actions";
import type { NewHook } from "./new-hook";

interface LinkForgeProps {
  project: string;
  title: string;
  /** Null: it is not known before the link. */
  kind: ForgeKind | null;
  /** The secret with the token; null: the folder's remote says which. */
  secret: string | null;
  /** Absent: the project is not linked yet. */
  before?: Pick<ForgeOfProject, "label" | "rules" | "most_open" | "jira">;
  onClosed: () => void;
  onLinked: (hook: NewHook | null) => void;
}

/** Links a project with the repository at its forge, or changes what becomes work. */
export function LinkForge({ project, title, kind, secret, before, onClosed, onLinked }: LinkForgeProps) {
  const { values, set, changes } = useChanges(
    {
      label: before?.label ?? "banyan",
      most_open: String(before?.most_open ?? 3),
      rules: before?.rules ?? "",
      jira: before?.jira ? `${before.jira.url}/browse/${before.jira.key}` : "",
    },
    allOf,
  );
  const { label, most_open, rules, jira } = values;
  const [isNewSecret, setNewSecret] = useState(false);
  const form = useForm();

  function send(event: FormEvent, dismiss: () => void): void {
    event.preventDefault();
    if (form.pending) return;
    let made: NewHook | null = null;
    form.run(
      async () => {
        // A link is tried again, even if nothing changes.
        const given = before ? changes : allOf(values);
        const { hook, ...result } = await linkForge({
          id: project,
          ...given,
          ...(isNewSecret && { new_secret: true }),
        });
        if (hook && hook.secret !== null) made = { ...hook, secret: hook.secret };
        return result;
      },
      (result) => {
        if (!result.ok) return;
        dismiss();
        onLinked(made);
        refreshPage();
      },
    );
  }
  return (
    <Modal title={title} onClosed={onClosed}>
      {(dismiss) => (
        <form {...form.props} className="mt-3 grid gap-3" onSubmit={(event) => send(event, dismiss)}>
          <Field form={form} name="label" label="Label of issues that become work">
            <input
              {...form.register("label")}
              type="text"
              autoComplete="off"
              spellCheck={false}
              value={label}
              onChange={({ target }) => set({ label: target.value })}
            />
          </Field>
          <Field form={form} name="most_open" label="Issues in work at a time, at most">
            <input
              {...form.register("most_open")}
              type="text"
              inputMode="numeric"
              autoComplete="off"
              value={most_open}
              onChange={({ target }) => set({ most_open: target.value })}
            />
          </Field>
          <Field form={form} name="jira" label="Project of Jira, if the issues are there">
            <input
              {...form.register("jira")}
              type="text"
              inputMode="url"
              autoComplete="off"
              spellCheck={false}
              placeholder="https://acme.atlassian.net/browse/ACME"
              value={jira}
              onChange={({ target }) => set({ jira: target.value })}
            />
          </Field>
          <Field form={form} name="rules" label="Rules of pull requests, one a line">
            <textarea
              {...form.register("rules", "rules-say")}
              rows={3}
              className="field-sizing-content max-h-60 font-mono text-mono!"
              value={rules}
              spellCheck={false}
              placeholder="Such as merge 1 approval, checks: docs/**"
              onChange={({ target }) => set({ rules: target.value })}
            />
          </Field>
          <Hint className="mt-0!" id="rules-say">
            <code>label NAME: PATHS</code>, <code>review LOGIN: PATHS</code> and{" "}
            <code>merge 1 approval, checks: PATHS</code>. Without a rule that fits, a person merges.
          </Hint>
          <Hint className="mt-0!">
            An issue becomes work if the person who puts the label on it may write to the repository, or, for an issue
            in Jira, edit issues there. Banyan’s account in Jira is the secret <code>jira/HOST</code>, as EMAIL:TOKEN.
          </Hint>
          <Hint className="mt-0!">
            Banyan uses the token in the secret {secret === null ? <code>git/HOST</code> : <code>{secret}</code>} of{" "}
            <Link className="link" href="/settings/secrets">
              Settings, Secrets
            </Link>
            {secret === null ? ", where HOST is the host of the folder’s remote origin" : ""}. The token{" "}
            {forgeWords(kind).token}.
          </Hint>
          {before ? (
            <label className="flex min-h-6 items-center gap-2">
              <input
                {...form.register("new_secret")}
                type="checkbox"
                checked={isNewSecret}
                onChange={({ target }) => setNewSecret(target.checked)}
              />
              Replace the secret of the webhook, if it is lost
            </label>
          ) : null}
          <Refusal outcome={form.rest} />
          <FormActs close={dismiss} disabled={form.pending}>
            {before ? "Save" : "Link"}
          </FormActs>
        </form>
      )}
    </Modal>
  );
}

function allOf({ most_open, ...texts }: Record<"label" | "most_open" | "rules" | "jira", string>) {
  return { ...texts, most_open: typedNumber(most_open, Number.NaN) };
}
