"use client";

import { type FormEvent, useEffect, useRef, useState } from "react";
import { createToken } from "@/app/actions/people";
import { RoleField } from "@/components/settings/role-select";
import { FormActs } from "@/components/ui/form-acts";
import { Field } from "@/components/ui/forms/field";
import { typedNumber } from "@/components/ui/forms/number-field";
import { useForm } from "@/components/ui/forms/use-form";
import { Hint } from "@/components/ui/hint";
import type { Outcome } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { CARD } from "@/components/ui/page/card";
import type { ApiToken, Role } from "@/core/rules/roles";
import { ROLE_WORDS } from "@/core/words/roles";

interface NewTokenProps {
  onMade: (made: ApiToken & { token: string }) => void;
  onCancel: () => void;
}

export function NewToken({ onMade, onCancel }: NewTokenProps) {
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const [days, setDays] = useState("90");
  const form = useForm();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);

  function send(event: FormEvent): void {
    event.preventDefault();
    form.run(make);
  }

  async function make(): Promise<Outcome> {
    const result = await createToken({ name: name.trim(), role, days: typedNumber(days, Number.NaN) });
    if (result.ok) onMade(result.made);
    return result;
  }

  return (
    <form {...form.props} className={`${CARD} mb-4`} onSubmit={send} aria-label="Create token">
      <div className="grid grid-cols-[minmax(0,2fr)_minmax(0,1fr)_minmax(0,1fr)] items-start gap-x-4 gap-y-3 phone:grid-cols-1">
        <Field form={form} name="name" label="Name">
          <input
            {...form.register("name")}
            type="text"
            autoComplete="off"
            spellCheck={false}
            placeholder="nightly build"
            ref={field}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </Field>
        <RoleField form={form} role={role} onChoose={setRole} />
        <Field form={form} name="days" label="Expires in (days)">
          <input
            {...form.register("days")}
            type="text"
            inputMode="numeric"
            autoComplete="off"
            value={days}
            onChange={(event) => setDays(event.target.value)}
          />
        </Field>
      </div>
      <Hint>
        Role {role}: {ROLE_WORDS[role]}. The token can never do more than you, and is revoked when you are removed.
      </Hint>
      <OutcomeLine outcome={form.rest} />
      <FormActs close={onCancel} disabled={form.pending} isApart>
        Create token
      </FormActs>
    </form>
  );
}
