import Link from "next/link";
import type { ReactNode } from "react";
import { Button, Separator } from "@/components/ui/parts";
import { Clock } from "@/components/ui/time";
import type { ShownSecret } from "./secret-words";

interface SecretRowProps {
  secret: ShownSecret;
  onReplace: () => void;
  onRemove: () => void;
  /** The form for a new value, while it is open. */
  children: ReactNode;
}

export function SecretRow({ secret, onReplace, onRemove, children }: SecretRowProps) {
  const { name, last_four, updated_by, updated_at, use } = secret;
  return (
    <li className="py-2" data-secret={name}>
      <div className="flex flex-wrap items-center gap-2">
        <span className="min-w-0 flex-auto">
          <span className="font-mono text-mono wrap-anywhere">{name}</span>{" "}
          {last_four && !use.isOwn ? <span className="text-ink-3">ends in {last_four}</span> : null}
          <span className="block text-small text-ink-2">
            {use.isOwn ? "Sign-in, stored by Banyan" : `Set by ${updated_by}`}, <Clock at={updated_at} />
            <Separator />
            <Use secret={secret} />
          </span>
        </span>
        {use.isOwn || children ? null : <Button onClick={onReplace}>Replace</Button>}
        <Button look="quiet" aria-label={`Remove ${name}`} onClick={onRemove}>
          Remove…
        </Button>
      </div>
      {children}
    </li>
  );
}

function Use({ secret: { use } }: { secret: ShownSecret }) {
  if (use.servers.length === 0) return <>{use.purpose ? `used for ${use.purpose}` : "not used by a server"}</>;
  return (
    <>
      used by{" "}
      {use.servers.map((server, index) => (
        <span key={server}>
          {index > 0 ? ", " : ""}
          <Link className="link" href={`/tools/${encodeURIComponent(server)}`}>
            {server}
          </Link>
        </span>
      ))}
    </>
  );
}
