"use client";

import Link from "next/link";
import { useState } from "react";
import type { ProviderState } from "@/agents/core/shapes-operations";
import { resumeProvider } from "@/app/actions/operations";
import { plural } from "@/components/ui/format";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import { StatusGlyph } from "@/components/ui/status";
import { Clock } from "@/components/ui/time";
import { useAction } from "@/components/ui/use-action";
import { PROVIDER_GLYPHS, providerName } from "./provider-words";
import { SwitchDialog } from "./switch-dialog";
import { usePolled } from "./use-polled";

const LOOK_MS = 10_000;

interface ProvidersProps {
  start: ProviderState[];
  /** They may resume and change tasks. */
  mayAct: boolean;
  isAdmin: boolean;
}

/** Whether models answer, which do not and until when, and what waits for them. */
export function Providers({ start, mayAct, isAdmin }: ProvidersProps) {
  const { value: providers, again } = usePolled("providers", start, LOOK_MS);
  return (
    <section className="sect" aria-labelledby="providers">
      <header>
        <h2 id="providers">Providers</h2>
      </header>
      <ul className="rows">
        {providers.map((provider) => (
          <Provider
            key={provider.name}
            {...{ provider, mayAct, isAdmin, again }}
            others={providers.filter(({ name, state }) => name !== provider.name && state !== "no_key")}
          />
        ))}
      </ul>
    </section>
  );
}

interface ProviderProps {
  provider: ProviderState;
  others: ProviderState[];
  mayAct: boolean;
  isAdmin: boolean;
  again: () => Promise<void>;
}

function Provider({ provider, others, mayAct, isAdmin, again }: ProviderProps) {
  const { name, state, trees, reason } = provider;
  const { pending, outcome, run, say } = useAction();
  const [isSwitching, setSwitching] = useState(false);
  const isParked = state === "parked";
  return (
    <li className="provider" data-provider={name}>
      <div className="line">
        <b>{providerName(name)}</b>
        <span className={`st s-${PROVIDER_GLYPHS[state]}`}>
          <StatusGlyph status={PROVIDER_GLYPHS[state]} labelled={false} />
          <StateWords provider={provider} />
        </span>
        <span className="end">
          {isParked && mayAct ? (
            <Button
              aria-disabled={pending}
              onClick={() =>
                pending ||
                run(
                  () => resumeProvider(name),
                  () => void again(),
                )
              }
            >
              Resume now
            </Button>
          ) : state === "no_key" && isAdmin ? (
            <Link className="link" href="/settings/keys">
              Add a key
            </Link>
          ) : (
            <span className="dim">{trees > 0 ? plural(trees, "tree") : ""}</span>
          )}
        </span>
      </div>
      {isParked ? (
        <Parked provider={provider}>
          {mayAct && others.some((other) => other.name !== "runbook") ? (
            <>
              {" "}
              Or{" "}
              <button type="button" className="link" onClick={() => setSwitching(true)}>
                switch {provider.parked_tasks.length === 1 ? "this task" : "these tasks"} to another model
              </button>
              .
            </>
          ) : null}
        </Parked>
      ) : reason ? (
        <p className="dim wrapany">{reason}</p>
      ) : null}
      <OutcomeLine outcome={outcome} />
      {isSwitching ? (
        <SwitchDialog
          {...{ provider, others }}
          onClosed={() => setSwitching(false)}
          onDone={(done) => {
            say(done);
            void again();
          }}
        />
      ) : null}
    </li>
  );
}

export function StateWords({ provider: { state, answers_ms, parked_until } }: { provider: ProviderState }) {
  if (state === "parked")
    return parked_until ? (
      <span>
        Parked until <Clock at={parked_until} />
      </span>
    ) : (
      "Parked"
    );
  if (state === "no_key") return "No key";
  if (state === "failing") return "Did not answer";
  if (state === "answers") return `Answers in ${((answers_ms ?? 0) / 1_000).toFixed(1)} s`;
  return "Ready, not asked yet";
}

const SHOWN_TREES = 3;

function Parked({ provider, children }: { provider: ProviderState; children: React.ReactNode }) {
  const { parked_tasks: tasks, reason } = provider;
  const trees = [...new Map(tasks.map((task) => [task.tree_id, task])).values()];
  return (
    <p className="dim wrapany">
      {reason ? `${reason.replace(/[.\s]+$/, "")}. ` : ""}
      {plural(tasks.length, "task")} {tasks.length === 1 ? "waits" : "wait"}, in{" "}
      {trees.slice(0, SHOWN_TREES).map((task, index) => (
        <span key={task.tree_id}>
          {index > 0 ? ", " : ""}
          <Link className="link" href={`/trees/${task.tree_id}?task=${task.id}`}>
            {task.tree_title}
          </Link>
        </span>
      ))}
      {trees.length > SHOWN_TREES ? ` and ${plural(trees.length - SHOWN_TREES, "other tree")}` : ""};{" "}
      {tasks.length === 1 ? "it resumes by itself" : "they resume by themselves, one after another"}.{children}
    </p>
  );
}
