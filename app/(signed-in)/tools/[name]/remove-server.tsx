"use client";

import { useRouter } from "next/navigation";
import { RemovalDialog } from "@/components/ui/removal-dialog";
import { plural } from "@/core/words/figures";
import { removeServer } from "../actions";

interface RemoveServerProps {
  name: string;
  tools: number;
  agents: string[];
  secrets: number;
  onClosed: () => void;
}

/** Says who loses what before it is gone. */
export function RemoveServer({ name, tools, agents, secrets, onClosed }: RemoveServerProps) {
  const router = useRouter();
  const losers =
    agents.length > 0
      ? `${agents.join(", ")} ${agents.length === 1 ? "has" : "have"} it and ${agents.length === 1 ? "loses" : "lose"} it`
      : "No agent lists it; tasks that asked for it lose it";
  return (
    <RemovalDialog
      title={`Remove the server ${name}?`}
      button={`Remove ${name}`}
      remove={() => removeServer(name)}
      onClosed={onClosed}
      onDone={(_, dismiss) => {
        dismiss();
        router.push("/tools");
      }}
    >
      <p className="mt-2 text-ink-2">
        {losers}, with {plural(tools, "tool")}: calls of running tasks are refused from now on. What is kept for it in
        the vault goes, too{secrets > 0 ? ` (${plural(secrets, "secret")})` : ""}. This cannot be undone; adding it
        again makes a new one.
      </p>
    </RemovalDialog>
  );
}
