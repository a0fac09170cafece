import type { PreviewedServer } from "@/core/shapes/tools";
import { HazardList } from "./hazard-list";
import { oneLine } from "./tool-words";

const WORKSPACE_WORDS = {
  none: "It does not see a tree’s folder.",
  read: "It reads the folder of the tree that calls it.",
  write: "It reads and writes the folder of the tree that calls it.",
} as const;

/** One server of a file, before anything of it is stored. */
export function PreviewedServerItem({ server }: { server: PreviewedServer }) {
  const { name, kind, start, hosts, scope, workspace, settings, secrets, missing, hazards } = server;
  const reach =
    kind === "http"
      ? `It is reached at ${hosts.join(", ") || "an address that a secret fills in"}.`
      : hosts.length > 0
        ? `It may reach ${hosts.join(", ")}.`
        : "It has no network.";
  return (
    <li className="space-y-1 py-2">
      <p>
        <b className="font-mono text-mono">{name}</b> <code>{oneLine(start, 400)}</code>
      </p>
      <p className="text-ink-2 text-small">
        {reach} {kind === "stdio" ? WORKSPACE_WORDS[workspace] : ""}{" "}
        {scope === "shared" ? "All trees share one." : "Each tree has its own."}
        {settings.length > 0 ? ` It is given ${settings.join(", ")}.` : ""}
      </p>
      {secrets.length > 0 ? (
        <p className="text-ink-2 text-small">Kept in the vault, and shown to nobody again: {secrets.join(", ")}.</p>
      ) : null}
      {missing.length > 0 ? (
        <p className="text-small">Has no value yet, and is set under Settings, Secrets: {missing.join(", ")}.</p>
      ) : null}
      {hazards.length > 0 ? (
        <HazardList hazards={hazards} />
      ) : (
        <p className="text-ink-3 text-small">Nothing dangerous is known about how it is started.</p>
      )}
    </li>
  );
}
