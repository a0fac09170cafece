"use client";

import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import { createToken } from "@/app/actions/people";
import { RoleField } from "@/components/settings/role-select";
import { FIELD } from "@/components/ui/field-look";
import { FormActs } from "@/components/ui/form-acts";
import { Hint } from "@/components/ui/hint";
import { type Outcome, useAction } from "@/components/ui/hooks/use-action";
import { CARD } from "@/components/ui/page/card";
import type { ApiToken, Role } from "@/core/rules/roles";
import { ROLE_WORDS } from "@/core/words/roles";

interface NewTokenProps {
  onMade: (made: ApiToken & { token: string }) => void;
  onCancel: () => void;
}

export function NewToken({ onMade, onCancel }: NewTokenProps) {
  const id = useId();
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const [days, setDays] = useState("90");
  const { pending, outcome, run, say } = useAction();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const problem = outcome?.ok === false ? outcome.sentence : null;

  function send(event: FormEvent): void {
    event.preventDefault();
    if (name.trim() === "") say({ ok: false, sentence: "Name the token after the program that will use it." });
    else run(make);
  }

  async function make(): Promise<Outcome> {
    const result = await createToken({ name: name.trim(), role, days: Number(days) || 0 });
    if (result.ok) onMade(result.made);
    return result;
  }

  return (
    <form className={`${CARD} mb-4`} onSubmit={send} aria-label="Create token">
      <div className="grid grid-cols-[minmax(0,2fr)_minmax(0,1fr)_minmax(0,1fr)] items-end gap-x-4 gap-y-3 phone:grid-cols-1">
        <label className={FIELD}>
          <span>Name</span>
          <input
            type="text"
            autoComplete="off"
            spellCheck={false}
            placeholder="nightly build"
            ref={field}
            value={name}
            onChange={(event) => setName(event.target.value)}
            aria-describedby={problem ? id : undefined}
          />
        </label>
        <RoleField role={role} onChoose={setRole} />
        <label className={FIELD}>
          <span>Expires in (days)</span>
          <input
            type="text"
            inputMode="numeric"
            autoComplete="off"
            value={days}
            onChange={(event) => setDays(event.target.value)}
            aria-describedby={problem ? id : undefined}
          />
        </label>
      </div>
      <Hint isBad={Boolean(problem)} role={problem ? "alert" : undefined} id={id}>
        {problem ??
          `Role ${role}: ${ROLE_WORDS[role]}. The token can never do more than you, and is revoked when you are removed.`}
      </Hint>
      <FormActs close={onCancel} disabled={pending} isApart>
        Create token
      </FormActs>
    </form>
  );
}
