import Link from "next/link";
import type { ShownServer } from "@/agents/application";
import { Facts } from "@/components/ui/facts";
import { SectionHead } from "@/components/ui/page/section";
import { HazardList } from "../parts/hazard-list";
import { folderWords } from "../tool-words";

const WORKSPACE_WORDS = { none: "no access", read: "read", write: "read and write" } as const;

/** The configuration of a server. It shows secrets by name only. */
export function ServerFacts({ server, maySecrets }: { server: ShownServer; maySecrets: boolean }) {
  const {
    kind,
    start,
    package: pinned,
    folders,
    hosts,
    scope,
    workspace,
    settings,
    secrets,
    hazards,
    api,
    agent,
  } = server;
  return (
    <section className="mt-6 first:mt-0" aria-labelledby="how">
      <SectionHead>
        <h2 id="how">Configuration</h2>
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
        <dt>Hosts</dt>
        <dd>{hosts.length > 0 ? hosts.join(", ") : "no network"}</dd>
        {Object.keys(folders).length > 0 ? (
          <>
            <dt>Folders</dt>
            <dd className="wrap-anywhere">{folderWords(folders)}</dd>
          </>
        ) : null}
        {kind === "stdio" ? (
          <>
            <dt>Workspace</dt>
            <dd>{WORKSPACE_WORDS[workspace]}</dd>
          </>
        ) : null}
        {api ? (
          <>
            <dt>Document</dt>
            <dd className="wrap-anywhere">{api.document ?? "a file"}</dd>
          </>
        ) : agent ? (
          <AgentFacts agent={agent} />
        ) : (
          <>
            <dt>{kind === "stdio" ? "Processes" : "Connections"}</dt>
            <dd>{scope === "shared" ? "shared by all trees" : "one per tree"}</dd>
          </>
        )}
        {settings.length > 0 ? (
          <>
            <dt>{kind === "stdio" ? "Environment" : "Headers"}</dt>
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
                  Set values
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

function AgentFacts({ agent }: { agent: NonNullable<ShownServer["agent"]> }) {
  return (
    <>
      <dt>Messages go to</dt>
      <dd className="wrap-anywhere">
        <code>{agent.endpoint}</code>
      </dd>
      <dt>Card</dt>
      <dd className="wrap-anywhere">
        version {agent.card_version || "unknown"}, signed by {agent.signed_by ?? "nobody"}
      </dd>
    </>
  );
}
