"use client";

import { useState } from "react";
import { refreshPage } from "@/components/refresh/refresh-page";
import { Facts } from "@/components/ui/facts";
import type { Outcome } from "@/components/ui/hooks/use-action";
import { useOpened } from "@/components/ui/hooks/use-opened";
import { Button, Say } from "@/components/ui/parts";
import { FactTable, unseen } from "@/components/ui/table";
import type { ListedUser } from "@/core/shapes/installation/people";
import { ROLE_OPTIONS, ROLE_WORDS } from "@/core/words/roles";
import { AddUser } from "./add-user";
import { UserRow } from "./user-row";

const COLUMNS = ["User", "Role", { name: "Last seen", className: "phone:hidden" }, unseen("Remove")];

interface UsersViewProps {
  users: ListedUser[];
  /** The name of the signed-in person. */
  me: string;
  /** Whether sign-in with Google is set up. */
  google: boolean;
}

/** Lists the people who may sign in, with role and last visit. */
export function UsersView({ users, me, google }: UsersViewProps) {
  const adding = useOpened<"add">();
  const [notice, setNotice] = useState<Outcome | null>(null);
  const admins = users.filter(({ role }) => role === "admin").length;

  function done(outcome: Outcome): void {
    setNotice(outcome);
    if (outcome.ok) refreshPage();
  }
  function added(outcome: Outcome): void {
    adding.close();
    done(outcome);
  }

  return (
    <section aria-labelledby="users">
      <div className="mb-3 flex min-h-control flex-wrap items-center gap-2">
        <h2 id="users">Users</h2>
        <span className="text-ink-3">{users.length}</span>
        <span className="flex-auto min-w-0" />
        {adding.opened ? null : (
          <Button look="primary" icon="plus" onClick={() => adding.open("add")}>
            Add user
          </Button>
        )}
      </div>
      {google ? (
        <p className="text-ink-2 mb-3">
          People in BANYAN_ALLOWED_USERS can sign in as operators, and appear here after their first sign-in. Add
          everybody else here.
        </p>
      ) : (
        <Say>
          Sign-in with Google is not set up, so people added here cannot sign in yet. Set GOOGLE_CLIENT_ID,
          GOOGLE_CLIENT_SECRET and BANYAN_ALLOWED_USERS. Until then, only the one-time link works.
        </Say>
      )}
      {adding.opened ? <AddUser onDone={added} onCancel={adding.close} /> : null}
      <div aria-live="polite">
        {notice ? (
          <div className="my-3">
            <Say look={notice.ok ? "good" : "bad"}>{notice.sentence}</Say>
          </div>
        ) : null}
      </div>
      {users.length === 0 ? (
        <p className="text-ink-2 py-2">
          No users yet. Anyone on this machine signs in with the one-time link. Other people appear here when you add
          them, or after their first sign-in with Google.
        </p>
      ) : (
        <UserTable users={users} me={me} admins={admins} done={done} />
      )}
      <Roles />
    </section>
  );
}

interface UserTableProps extends Pick<UsersViewProps, "users" | "me"> {
  admins: number;
  done: (outcome: Outcome) => void;
}

function UserTable({ users, me, admins, done }: UserTableProps) {
  return (
    <FactTable columns={COLUMNS}>
      {users.map((user) => (
        <UserRow
          key={user.id}
          user={user}
          isMe={user.email === me}
          isLastAdmin={user.role === "admin" && admins === 1}
          onDone={done}
        />
      ))}
    </FactTable>
  );
}

function Roles() {
  return (
    <>
      <h3 className="mt-6">Roles</h3>
      <p className="text-ink-2">Each role includes those above it.</p>
      <Facts className="mt-2">
        {ROLE_OPTIONS.map((role) => (
          <RoleFact key={role} role={role} />
        ))}
      </Facts>
    </>
  );
}

function RoleFact({ role }: { role: (typeof ROLE_OPTIONS)[number] }) {
  return (
    <>
      <dt>{role}</dt>
      <dd>{ROLE_WORDS[role]}</dd>
    </>
  );
}
