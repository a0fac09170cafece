"use client";

import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import type { Role } from "@/agents/core/roles";
import { addUser } from "@/app/actions/people";
import { RoleField } from "@/components/settings/role-select";
import { ROLE_WORDS } from "@/components/settings/role-words";
import { FormActs } from "@/components/ui/form-acts";
import { type Outcome, useAction } from "@/components/ui/use-action";

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
    if (email.trim() === "") say({ ok: false, sentence: "Write the e-mail address of the Google account." });
    else
      run(
        () => addUser(email.trim(), role, name),
        (result) => result.ok && onDone(result),
      );
  }

  return (
    <form className="card setform" onSubmit={send} aria-label="Add a user">
      <div className="threes">
        <label className="f">
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
        <label className="f">
          <span>Name, if it is another</span>
          <input type="text" autoComplete="off" value={name} onChange={(event) => setName(event.target.value)} />
        </label>
        <RoleField role={role} onChoose={setRole} />
      </div>
      <p className={`hint ${problem ? "bad" : ""}`} role={problem ? "alert" : undefined} id={id}>
        {problem ?? `Only that exact address comes in. Role ${role}: ${ROLE_WORDS[role]}.`}
      </p>
      <FormActs close={onCancel} disabled={pending} isApart>
        Add the user
      </FormActs>
    </form>
  );
}
