import type { PreviewedServer } from "@/core/shapes/tools";
import { HazardList } from "./parts/hazard-list";
import { type FindingsProps, ServerFindings } from "./server-findings";
import { folderWords, oneLine } from "./tool-words";

const WORKSPACE_WORDS = {
  none: "No access to workspaces.",
  read: "Reads the workspace of the tree that calls it.",
  write: "Reads and writes the workspace of the tree that calls it.",
} as const;

/** A server in the preview, before it is stored. */
export function PreviewedServerItem({
  server,
  ...rest
}: { server: PreviewedServer } & Omit<FindingsProps, "findings">) {
  const { name, kind, start, folders, hosts, scope, workspace, settings, secrets, missing, hazards, findings } = server;
  const unit = kind === "http" ? "connection" : "process";
  const reach =
    kind === "http"
      ? `Address: ${hosts.join(", ") || "from a secret"}.`
      : hosts.length > 0
        ? `Can reach ${hosts.join(", ")}.`
        : "No network access.";
  return (
    <li className="space-y-1 py-2">
      <p>
        <b className="font-mono text-mono">{name}</b> <code>{oneLine(start, 400)}</code>
      </p>
      <p className="text-ink-2 text-small">
        {reach} {Object.keys(folders).length > 0 ? `Sees ${folderWords(folders)}.` : ""}{" "}
        {kind === "stdio" ? WORKSPACE_WORDS[workspace] : ""}{" "}
        {scope === "shared" ? `All trees share one ${unit}.` : `Each tree gets its own ${unit}.`}
        {settings.length > 0 ? ` ${kind === "http" ? "Headers" : "Environment"}: ${settings.join(", ")}.` : ""}
      </p>
      {secrets.length > 0 ? (
        <p className="text-ink-2 text-small">Stored as secrets, never shown again: {secrets.join(", ")}.</p>
      ) : null}
      {missing.length > 0 ? (
        <p className="text-small">No value yet; set it under Settings, Secrets: {missing.join(", ")}.</p>
      ) : null}
      <ServerFindings findings={findings} {...rest} />
      {hazards.length > 0 ? (
        <HazardList hazards={hazards} />
      ) : (
        <p className="text-ink-3 text-small">No known risks in how it starts.</p>
      )}
    </li>
  );
}
