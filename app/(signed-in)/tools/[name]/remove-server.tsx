"use client";

import { useRouter } from "next/navigation";
import { plural } from "@/components/ui/format";
import { Modal } from "@/components/ui/modal";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import { useAction } from "@/components/ui/use-action";
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
  const { pending, outcome, run } = useAction();
  const losers =
    agents.length > 0
      ? `${agents.join(", ")} ${agents.length === 1 ? "has" : "have"} it and ${agents.length === 1 ? "loses" : "lose"} it`
      : "No agent lists it; tasks that asked for it lose it";
  return (
    <Modal title={`Remove the server ${name}?`} onClosed={onClosed}>
      {(dismiss) => (
        <>
          <p className="dim mt-2">
            {losers}, with {plural(tools, "tool")}: calls of running tasks are refused from now on. What is kept for it
            in the vault goes, too{secrets > 0 ? ` (${plural(secrets, "secret")})` : ""}. This cannot be undone; adding
            it again makes a new one.
          </p>
          <OutcomeLine outcome={outcome?.ok === false ? outcome : null} />
          <div className="acts mt-4 justify-end">
            <Button onClick={dismiss}>Keep it</Button>
            <Button
              look="danger"
              disabled={pending}
              onClick={() =>
                run(
                  () => removeServer(name),
                  (result) => {
                    if (!result.ok) return;
                    dismiss();
                    router.push("/tools");
                  },
                )
              }
            >
              Remove {name}
            </Button>
          </div>
        </>
      )}
    </Modal>
  );
}
