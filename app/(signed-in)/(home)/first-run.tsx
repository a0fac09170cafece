"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import type { ListedProvider } from "@/agents/core/shapes-providers";
import { Button, Say } from "@/components/ui/parts";
import { useRights } from "@/components/ui/rights";
import { useAction } from "@/components/ui/use-action";
import type { Choices } from "./composer";
import { ConnectModel } from "./connect-model";
import { submitTree } from "./submit";

/** Above everything as long as no model is connected. */
export function NoModel({ mayConnect }: { mayConnect: boolean }) {
  return (
    <div className="nomodel">
      <Say>
        <b>No model is connected.</b> Runbooks work now, without one. Agents that think need a key or a local server;{" "}
        {mayConnect ? (
          <Link className="link" href="/settings/keys">
            connect one
          </Link>
        ) : (
          "an admin connects one"
        )}{" "}
        whenever you like.
      </Say>
    </div>
  );
}

interface FirstRunProps {
  choices: Choices;
  providers: ListedProvider[];
  defaultModel: string;
}

/** Nothing ran yet and no model is connected: what works now, and how to connect one. */
export function FirstRun({ choices, providers, defaultModel }: FirstRunProps) {
  return (
    <div className="cols">
      {useRights().run === null ? <RunbookCard choices={choices} /> : null}
      <ConnectModel providers={providers} defaultModel={defaultModel} />
    </div>
  );
}

function RunbookCard({ choices }: { choices: Choices }) {
  const router = useRouter();
  const [runbook, setRunbook] = useState(choices.runbooks[0]?.name ?? "");
  const [workspace, setWorkspace] = useState(".");
  const [problem, setProblem] = useState<string | null>(null);
  const { pending, run } = useAction();

  function send(event: FormEvent): void {
    event.preventDefault();
    run(
      async () => {
        const task = `Run the runbook ${runbook} in ${workspace.trim() || "a fresh folder"}`;
        const result = await submitTree({ task, runbook, workspace: workspace.trim() || undefined });
        if (!result.ok) return result;
        router.push(`/trees/${result.treeId}`);
        return { ok: true, sentence: "" };
      },
      (outcome) => setProblem(outcome.ok ? null : outcome.sentence),
    );
  }

  return (
    <section className="card" aria-labelledby="runbook">
      <h2 id="runbook">Run a runbook now</h2>
      <p className="dim">
        Explicit steps, followed exactly. Free, and it shows how a tree grows and checks its result.
      </p>
      <form onSubmit={send}>
        <ul className="my-3">
          {choices.runbooks.map((one) => (
            <li key={one.name}>
              <label className="flex items-start! py-1.5">
                <input
                  type="radio"
                  name="runbook"
                  className="mt-[3px]!"
                  checked={one.name === runbook}
                  onChange={() => setRunbook(one.name)}
                />
                <span>
                  <b>{one.name}</b>
                  <br />
                  <span className="dim">{one.description}</span>
                </span>
              </label>
            </li>
          ))}
        </ul>
        <label className="f">
          <span>Workspace: a folder on this machine</span>
          <input
            type="text"
            value={workspace}
            spellCheck={false}
            onChange={(event) => setWorkspace(event.target.value)}
          />
        </label>
        <div className="acts my-4">
          <Button type="submit" look="primary" disabled={pending || !runbook} hint="↵">
            Start the runbook
          </Button>
        </div>
        {problem ? (
          <Say look="bad" role="alert">
            {problem}
          </Say>
        ) : null}
      </form>
    </section>
  );
}
