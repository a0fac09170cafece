import Link from "next/link";
import type { ShownServer } from "@/agents/application";
import { Facts } from "@/components/ui/facts";
import { SectionHead } from "@/components/ui/page/section";
import { HazardList } from "../hazard-list";

const WORKSPACE_WORDS = { none: "is not seen", read: "may be read", write: "may be read and written" } as const;

/** How it is started, what it is given, what it may reach; secrets by their names only. */
export function ServerFacts({ server, maySecrets }: { server: ShownServer; maySecrets: boolean }) {
  const { kind, start, package: pinned, hosts, scope, workspace, settings, secrets, hazards } = server;
  return (
    <section className="mt-6 first:mt-0" aria-labelledby="how">
      <SectionHead>
        <h2 id="how">{kind === "stdio" ? "How it is started" : "How it is reached"}</h2>
      </SectionHead>
      <Facts className="mt-2">
        <dt>{kind === "stdio" ? "Command" : "Address"}</dt>
        <dd>
          <code>{start}</code>
        </dd>
        {pinned ? (
          <>
            <dt>Package</dt>
            <dd className="wrap-anywhere">
              {pinned.name} {pinned.version} <span className="text-small text-ink-3">{pinned.integrity}</span>
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
            <dd className="font-mono text-mono wrap-anywhere">{settings.join(", ")}</dd>
          </>
        ) : null}
        {secrets.length > 0 ? (
          <>
            <dt>Secrets</dt>
            <dd className="wrap-anywhere">
              <span className="font-mono text-mono">{secrets.join(", ")}</span>{" "}
              {maySecrets ? (
                <Link className="link" href="/settings/secrets">
                  Set them
                </Link>
              ) : null}
            </dd>
          </>
        ) : null}
      </Facts>
      {hazards.length > 0 ? (
        <div className="mt-2">
          <HazardList hazards={hazards} />
        </div>
      ) : null}
    </section>
  );
}
