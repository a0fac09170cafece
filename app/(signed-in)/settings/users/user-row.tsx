"use client";

import { useState } from "react";
import { operate } from "@/app/operate";
import { Confirm } from "@/components/settings/confirm";
import { RoleSelect } from "@/components/settings/role-select";
import { type Outcome, useAction } from "@/components/ui/hooks/use-action";
import { Badge, Button } from "@/components/ui/parts";
import { Clock } from "@/components/ui/time";
import type { Role } from "@/core/rules/roles";
import type { ListedUser } from "@/core/shapes/installation/people";
import { plural } from "@/core/words/figures";

interface UserRowProps {
  user: ListedUser;
  isMe: boolean;
  /** The last admin cannot be removed or get another role. */
  isLastAdmin: boolean;
  onDone: (outcome: Outcome) => void;
}

export function UserRow({ user, isMe, isLastAdmin, onDone }: UserRowProps) {
  const { pending, run } = useAction();
  const [asks, setAsks] = useState<"remove" | Role | null>(null);
  const { id, email, name, role, last_seen_at, sessions } = user;
  const whyFixed = "This is the last admin. Make somebody else admin first.";
  const change = (to: Role) => run(() => operate("setUserRole", { id, role: to }), onDone);
  return (
    <tr data-user={email}>
      <td className="min-w-0">
        <span className="flex flex-wrap items-center gap-2">
          <span className="font-medium wrap-anywhere">{name}</span>
          {isMe ? <Badge>You</Badge> : null}
        </span>
        {name === email ? null : <span className="block text-small text-ink-2 wrap-anywhere">{email}</span>}
        <span className="hidden text-small text-ink-2 phone:block">
          Last seen: <Seen at={last_seen_at} />
        </span>
      </td>
      <td className="w-37 phone:w-33">
        {isLastAdmin ? (
          <span className="text-ink-2" title={whyFixed}>
            {role} (last)
          </span>
        ) : (
          <RoleSelect
            label={`Role of ${email}`}
            role={role}
            busy={pending}
            // People who lower their own role cannot restore it, so they confirm the change.
            onChoose={(to) => (isMe ? setAsks(to) : change(to))}
          />
        )}
      </td>
      <td className="text-ink-2 phone:hidden">
        <Seen at={last_seen_at} />
        {sessions > 0 ? <span className="block text-small text-ink-3">{plural(sessions, "open session")}</span> : null}
      </td>
      <td className="text-right whitespace-nowrap">
        {isLastAdmin ? null : (
          <Button look="quiet" aria-label={`Remove ${email}`} disabled={pending} onClick={() => setAsks("remove")}>
            Remove
          </Button>
        )}
        {asks === "remove" ? (
          <Confirm
            title={`Remove ${email}?`}
            text={`${isMe ? "Your" : "Their"} sessions, tokens and open pages end immediately. Trees keep running. An admin can add the address again.`}
            word={isMe ? "Remove myself" : "Remove"}
            act={() => operate("removeUser", { id })}
            onDone={onDone}
            onClosed={() => setAsks(null)}
          />
        ) : null}
        {asks !== null && asks !== "remove" ? (
          <Confirm
            title={`Become ${asks}?`}
            text="You lose access to users, tokens, keys and secrets, and cannot change policies. Only another admin can make you admin again."
            word={`Become ${asks}`}
            act={() => operate("setUserRole", { id, role: asks })}
            onDone={onDone}
            onClosed={() => setAsks(null)}
          />
        ) : null}
      </td>
    </tr>
  );
}

function Seen({ at }: { at: string | null }) {
  return at ? <Clock at={at} /> : <>Never</>;
}
