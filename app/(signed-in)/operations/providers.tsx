"use client";

import Link from "next/link";
import { useState } from "react";
import { resumeProvider } from "@/app/actions/operations";
import { usePolled } from "@/components/http/use-polled";
import { useAction } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { lazily } from "@/components/ui/page/lazily";
import { Section } from "@/components/ui/page/section";
import { Button } from "@/components/ui/parts";
import { StatusWord } from "@/components/ui/status";
import type { ProviderState } from "@/core/shapes/operations";
import { plural } from "@/core/words/figures";
import { StateWords } from "./provider-state";
import { PROVIDER_GLYPHS, providerName } from "./provider-words";

const SwitchDialog = lazily(() => import("./switch-dialog").then((file) => file.SwitchDialog));

const POLL_MS = 10_000;

interface ProvidersProps {
  start: ProviderState[];
  /** The person may resume and change tasks. */
  mayAct: boolean;
  isAdmin: boolean;
}

/** The state of each model provider, and the tasks that are parked until it answers. */
export function Providers({ start, mayAct, isAdmin }: ProvidersProps) {
  const { value: providers, again } = usePolled("providers", start, POLL_MS);
  return (
    <Section id="providers" title="Providers">
      <ul className="*:border-b *:border-line">
        {providers.map((provider) => (
          <Provider
            key={provider.name}
            provider={provider}
            mayAct={mayAct}
            isAdmin={isAdmin}
            again={again}
            others={providers.filter(({ name, state }) => name !== provider.name && state !== "no_key")}
          />
        ))}
      </ul>
    </Section>
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
  // Another task may have its answers while these still wait.
  const hasParked = provider.parked_tasks_total > 0;
  return (
    <li className="py-1.5" data-provider={name}>
      <div className="grid min-h-control grid-cols-[112px_minmax(0,1fr)_auto] items-center gap-2 phone:grid-cols-[88px_minmax(0,1fr)_auto]">
        <b className="font-normal">{providerName(name)}</b>
        <span title={reason ?? undefined}>
          <StatusWord status={PROVIDER_GLYPHS[state]}>
            <StateWords provider={provider} />
          </StatusWord>
        </span>
        <span>
          {hasParked && mayAct ? (
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
              Add key
            </Link>
          ) : (
            <span className="text-ink-2">{trees > 0 ? plural(trees, "tree") : ""}</span>
          )}
        </span>
      </div>
      {hasParked ? (
        <Parked provider={provider}>
          {mayAct && others.some((other) => other.name !== "runbook") ? (
            <>
              {" "}
              <button type="button" className="link" onClick={() => setSwitching(true)}>
                Switch to another model
              </button>
            </>
          ) : null}
        </Parked>
      ) : reason && state !== "no_key" ? (
        <p className="max-w-[72ch] text-ink-2 wrap-anywhere">{reason}</p>
      ) : null}
      <OutcomeLine outcome={outcome} />
      {isSwitching ? (
        <SwitchDialog
          provider={provider}
          others={others}
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

const SHOWN_TREES = 3;

function Parked({ provider, children }: { provider: ProviderState; children: React.ReactNode }) {
  const { parked_tasks: tasks, parked_tasks_total: total, reason } = provider;
  const trees = [...new Map(tasks.map((task) => [task.tree_id, task])).values()].slice(0, SHOWN_TREES);
  const others = provider.parked_trees_total - trees.length;
  return (
    <p
      className="max-w-[72ch] text-ink-2 wrap-anywhere"
      title={total === 1 ? "It resumes automatically." : "They resume automatically, one after another."}
    >
      {reason ? `${reason.replace(/[.\s]+$/, "")}. ` : ""}
      {plural(total, "task")} parked in{" "}
      {trees.map((task, index) => (
        <span key={task.tree_id}>
          {index > 0 ? ", " : ""}
          <Link className="link" href={`/trees/${task.tree_id}?task=${task.id}`}>
            {task.tree_title}
          </Link>
        </span>
      ))}
      {others > 0 ? ` and ${plural(others, "other tree")}` : ""}.{children}
    </p>
  );
}
