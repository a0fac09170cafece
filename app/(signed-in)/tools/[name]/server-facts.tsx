import Link from "next/link";
import type { ShownServer } from "@/agents/application";
import { Icon } from "@/components/ui/icon";

const WORKSPACE_WORDS = { none: "is not seen", read: "may be read", write: "may be read and written" } as const;

/** How it is started, what it is given, what it may reach; secrets by their names only. */
export function ServerFacts({ server, maySecrets }: { server: ShownServer; maySecrets: boolean }) {
  const { kind, start, package: pinned, hosts, scope, workspace, settings, secrets, hazards } = server;
  return (
    <section className="sect" aria-labelledby="how">
      <header>
        <h2 id="how">{kind === "stdio" ? "How it is started" : "How it is reached"}</h2>
      </header>
      <dl className="facts left mt-2">
        <dt>{kind === "stdio" ? "Command" : "Address"}</dt>
        <dd>
          <code>{start}</code>
        </dd>
        {pinned ? (
          <>
            <dt>Package</dt>
            <dd className="wrapany">
              {pinned.name} {pinned.version} <span className="small faint mono">{pinned.integrity}</span>
            </dd>
          </>
        ) : null}
        <dt>Reaches</dt>
        <dd>{hosts.length > 0 ? hosts.join(", ") : "no network"}</dd>
        {kind === "stdio" ? (
          <>
            <dt>A tree’s folder</dt>
            <dd>{WORKSPACE_WORDS[workspace]}</dd>
          </>
        ) : null}
        <dt>{kind === "stdio" ? "Processes" : "Connections"}</dt>
        <dd>{scope === "shared" ? "one for all trees" : "one for each tree"}</dd>
        {settings.length > 0 ? (
          <>
            <dt>Is given</dt>
            <dd className="mono wrapany">{settings.join(", ")}</dd>
          </>
        ) : null}
        {secrets.length > 0 ? (
          <>
            <dt>Secrets</dt>
            <dd className="wrapany">
              <span className="mono">{secrets.join(", ")}</span>{" "}
              {maySecrets ? (
                <Link className="link" href="/settings/secrets">
                  Set them
                </Link>
              ) : null}
            </dd>
          </>
        ) : null}
      </dl>
      {hazards.length > 0 ? (
        <ul className="hazards mt-2">
          {hazards.map((hazard) => (
            <li key={hazard}>
              <Icon name="tri" />
              <span>{hazard}</span>
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  );
}
