"use client";

import { type FormEvent, useEffect, useRef, useState } from "react";
import { addUser } from "@/app/actions/people";
import { RoleField } from "@/components/settings/role-select";
import { FormActs } from "@/components/ui/form-acts";
import { Field } from "@/components/ui/forms/field";
import { useForm } from "@/components/ui/forms/use-form";
import { Hint } from "@/components/ui/hint";
import type { Outcome } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { CARD } from "@/components/ui/page/card";
import type { Role } from "@/core/rules/roles";
import { ROLE_WORDS } from "@/core/words/roles";

export function AddUser({ onDone, onCancel }: { onDone: (outcome: Outcome) => void; onCancel: () => void }) {
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("operator");
  const form = useForm();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);

  function send(event: FormEvent): void {
    event.preventDefault();
    form.run(
      () => addUser({ email: email.trim(), role, name }),
      (result) => result.ok && onDone(result),
    );
  }

  return (
    <form {...form.props} className={`${CARD} mb-4`} onSubmit={send} aria-label="Add user">
      <div className="grid grid-cols-[minmax(0,2fr)_minmax(0,1fr)_minmax(0,1fr)] items-start gap-x-4 gap-y-3 phone:grid-cols-1">
        <Field form={form} name="email" label="E-mail address of the Google account">
          <input
            {...form.register("email")}
            type="text"
            inputMode="email"
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            ref={field}
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
        </Field>
        <Field form={form} name="name" label="Name (optional)">
          <input
            {...form.register("name")}
            type="text"
            autoComplete="off"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </Field>
        <RoleField form={form} role={role} onChoose={setRole} />
      </div>
      <Hint>
        Only this exact address can sign in. Role {role}: {ROLE_WORDS[role]}.
      </Hint>
      <OutcomeLine outcome={form.rest} />
      <FormActs close={onCancel} disabled={form.pending} isApart>
        Add user
      </FormActs>
    </form>
  );
}
