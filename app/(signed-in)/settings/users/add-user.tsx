"use client";

import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import { addUser } from "@/app/actions/people";
import { RoleField } from "@/components/settings/role-select";
import { FIELD } from "@/components/ui/field-look";
import { FormActs } from "@/components/ui/form-acts";
import { Hint } from "@/components/ui/hint";
import { type Outcome, useAction } from "@/components/ui/hooks/use-action";
import { CARD } from "@/components/ui/page/card";
import type { Role } from "@/core/rules/roles";
import { ROLE_WORDS } from "@/core/words/roles";

export function AddUser({ onDone, onCancel }: { onDone: (outcome: Outcome) => void; onCancel: () => void }) {
  const id = useId();
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("operator");
  const { pending, outcome, run, say } = useAction();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const problem = outcome?.ok === false ? outcome.sentence : null;

  function send(event: FormEvent): void {
    event.preventDefault();
    if (email.trim() === "") say({ ok: false, sentence: "Type the e-mail address of the Google account." });
    else
      run(
        () => addUser({ email: email.trim(), role, name }),
        (result) => result.ok && onDone(result),
      );
  }

  return (
    <form className={`${CARD} mb-4`} onSubmit={send} aria-label="Add user">
      <div className="grid grid-cols-[minmax(0,2fr)_minmax(0,1fr)_minmax(0,1fr)] items-end gap-x-4 gap-y-3 phone:grid-cols-1">
        <label className={FIELD}>
          <span>E-mail address of the Google account</span>
          <input
            type="text"
            inputMode="email"
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            ref={field}
            value={email}
            onChange={(event) => setEmail(event.target.value)}
            aria-invalid={problem ? true : undefined}
            aria-describedby={problem ? id : undefined}
          />
        </label>
        <label className={FIELD}>
          <span>Name (optional)</span>
          <input type="text" autoComplete="off" value={name} onChange={(event) => setName(event.target.value)} />
        </label>
        <RoleField role={role} onChoose={setRole} />
      </div>
      <Hint isBad={Boolean(problem)} role={problem ? "alert" : undefined} id={id}>
        {problem ?? `Only this exact address can sign in. Role ${role}: ${ROLE_WORDS[role]}.`}
      </Hint>
      <FormActs close={onCancel} disabled={pending} isApart>
        Add user
      </FormActs>
    </form>
  );
}
