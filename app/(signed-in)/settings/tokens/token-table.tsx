"use client";

import { useState } from "react";
import { operate } from "@/app/operate";
import { Confirm } from "@/components/settings/confirm";
import type { Outcome } from "@/components/ui/hooks/use-action";
import { Badge, Button } from "@/components/ui/parts";
import { FactTable, unseen } from "@/components/ui/table";
import { Clock } from "@/components/ui/time";
import type { ApiToken } from "@/core/rules/roles";
import { plural } from "@/core/words/figures";
import { daysLeft, overBecause } from "./token-state";

const COLUMNS = [
  "Token",
  "Role",
  { name: "Last used", className: "phone:hidden" },
  { name: "Expires", className: "phone:hidden" },
  unseen("Revoke"),
];

interface TokenTableProps {
  tokens: ApiToken[];
  now: number;
  onRevoked: (outcome: Outcome) => void;
}

export function TokenTable({ tokens, ...rest }: TokenTableProps) {
  return (
    <FactTable columns={COLUMNS}>
      {tokens.map((token) => (
        <TokenRow key={token.id} token={token} {...rest} />
      ))}
    </FactTable>
  );
}

function TokenRow({ token, now, onRevoked }: { token: ApiToken } & Omit<TokenTableProps, "tokens">) {
  const [asks, setAsks] = useState(false);
  const over = overBecause(token, now);
  return (
    <tr data-token={token.name}>
      <td className="min-w-0">
        <span className="font-medium wrap-anywhere">{token.name}</span>
        <span className="block text-small text-ink-2 wrap-anywhere">
          created by {token.created_by}, <Clock at={token.created_at} />
          {token.task ? `; limited to task ${token.task.slice(0, 8)}` : ""}
          {token.folders.length > 0 ? `; may work in ${token.folders.join(" and ")}` : ""}
        </span>
        <span className="hidden text-small text-ink-2 phone:block">
          <Used token={token} />; {over === "revoked" ? "revoked " : "expires "}
          <Ends token={token} now={now} />
        </span>
      </td>
      <td className="w-37 text-ink-2 phone:w-33">
        {token.given_role ? `${token.role}, was ${token.given_role}` : token.role}
      </td>
      <td className="text-ink-2 phone:hidden">
        <Used token={token} />
      </td>
      <td className="text-ink-2 phone:hidden">
        <Ends token={token} now={now} />
      </td>
      <td className="text-right whitespace-nowrap">
        {over ? (
          <Badge icon="stopped">{over === "revoked" ? "Revoked" : "Expired"}</Badge>
        ) : (
          <Button look="quiet" aria-label={`Revoke ${token.name}`} onClick={() => setAsks(true)}>
            Revoke
          </Button>
        )}
        {asks ? (
          <Confirm
            title={`Revoke ${token.name}?`}
            text="Programs that use it lose access immediately, and their open connections close. You cannot undo this; create a new token instead."
            word="Revoke token"
            act={() => operate("revokeToken", { id: token.id })}
            onDone={onRevoked}
            onClosed={() => setAsks(false)}
          />
        ) : null}
      </td>
    </tr>
  );
}

function Used({ token: { last_used_at } }: { token: ApiToken }) {
  return last_used_at ? <Clock at={last_used_at} /> : <>Never used</>;
}

function Ends({ token, now }: { token: ApiToken; now: number }) {
  const { revoked_at, revoked_by, expires_at } = token;
  if (revoked_at)
    return (
      <>
        by {revoked_by}, <Clock at={revoked_at} />
      </>
    );
  const left = daysLeft(token, now);
  if (left === null || expires_at === null) return <>never</>;
  return left > 0 ? <span title={expires_at}>in {plural(left, "day")}</span> : <Clock at={expires_at} />;
}
