"use client";

import { operate } from "@/app/operate";
import { useGo } from "@/components/going/use-go";
import { RemovalDialog } from "@/components/ui/removal-dialog";
import { plural } from "@/core/words/figures";

interface RemoveServerProps {
  name: string;
  tools: number;
  agents: string[];
  secrets: number;
  onClosed: () => void;
}

/** Asks for confirmation, and says which agents lose which tools. */
export function RemoveServer({ name, tools, agents, secrets, onClosed }: RemoveServerProps) {
  const go = useGo();
  const whoLoses =
    agents.length > 0
      ? `${agents.join(", ")} ${agents.length === 1 ? "loses" : "lose"} access to ${plural(tools, "tool")}`
      : `No agent lists it, but tasks that requested it lose access to ${plural(tools, "tool")}`;
  return (
    <RemovalDialog
      title={`Remove the server ${name}?`}
      button={`Remove ${name}`}
      remove={() => operate("removeTool", { id: name })}
      onClosed={onClosed}
      onDone={(_, dismiss) => {
        dismiss();
        go.after.push("/tools");
      }}
    >
      <p className="mt-2 text-ink-2">
        {whoLoses}. Calls by running tasks are refused from now on. The server’s secrets are deleted too
        {secrets > 0 ? ` (${plural(secrets, "secret")})` : ""}. You cannot undo this; adding the server again creates a
        new one.
      </p>
    </RemovalDialog>
  );
}
