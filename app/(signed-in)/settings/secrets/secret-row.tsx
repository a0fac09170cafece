import Link from "next/link";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/parts";
import { Clock } from "@/components/ui/time";
import type { ShownSecret } from "./secrets";

interface SecretRowProps {
  secret: ShownSecret;
  onReplace: () => void;
  onRemove: () => void;
  /** The form, while it is replaced. */
  children: ReactNode;
}

export function SecretRow({ secret, onReplace, onRemove, children }: SecretRowProps) {
  const { name, last_four, updated_by, updated_at, use } = secret;
  return (
    <li className="secretrow" data-secret={name}>
      <div className="flex wrap">
        <span className="min-w-0 grow">
          <span className="mono wrapany">{name}</span>{" "}
          {last_four && !use.isOwn ? <span className="faint">ends in {last_four}</span> : null}
          <span className="small dim what">
            {use.isOwn ? "A sign-in, kept by Banyan" : `Set by ${updated_by}`}, <Clock at={updated_at} />
            <span className="sep" />
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
  if (use.servers.length === 0) return <>{use.purpose ? `for ${use.purpose}` : "no server names it"}</>;
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
