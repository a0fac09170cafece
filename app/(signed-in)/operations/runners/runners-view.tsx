"use client";

import Link from "next/link";
import { Fragment } from "react";
import { usePolled } from "@/components/http/use-polled";
import { Section } from "@/components/ui/page/section";
import { Say } from "@/components/ui/parts";
import { StatusWord } from "@/components/ui/status";
import { FactTable, unseen } from "@/components/ui/table";
import { Clock } from "@/components/ui/time";
import type { PoolState, RunnerState, RunnersState } from "@/core/runners/shapes";
import { plural } from "@/core/words/figures";
import { poolSentence, RUNNER_STATES, runnersSentence } from "@/core/words/runners/runners";
import type { ShownStatus } from "@/core/words/status";
import { DrainActs } from "./drain-acts";
import { Slots } from "./slots";

const POLL_MS = 5_000;
const COLUMNS = ["Runner", "State", "Slots", "Trees", { name: "Release", className: "phone:hidden" }, unseen("Drain")];

/** Pools with their slots, and runners with the trees that have their folders there. */
export function RunnersView({ start, mayDrain }: { start: RunnersState; mayDrain: boolean }) {
  const { value, again } = usePolled("runners", start, POLL_MS);
  const { problem, pools, runners } = value;
  const waiting = pools.filter(({ held_since, ready }) => held_since !== null && ready > 0);
  return (
    <>
      {problem === null ? null : (
        <Say look="bad" role="status" className="mb-2">
          {problem}
        </Say>
      )}
      {waiting.map((pool) => (
        <Say key={pool.name} look="parked" role="status" className="mb-2">
          {plural(pool.ready, "task")} of the pool {pool.name} {pool.ready === 1 ? "waits" : "wait"} for a runner with a
          free slot since <Clock at={pool.held_since ?? ""} />. {pool.ready === 1 ? "It starts" : "They start"} when one
          has.
        </Say>
      ))}
      <Section id="pools" title="Pools" beside={pools.length}>
        {pools.length === 0 ? <p className="py-2 text-ink-2">{runnersSentence(value)}</p> : null}
        <ul className="grid gap-x-6 grid-cols-[repeat(auto-fill,minmax(18rem,1fr))]">
          {pools.map((pool) => (
            <Pool key={pool.name} pool={pool} />
          ))}
        </ul>
      </Section>
      {runners.length === 0 ? null : (
        <Section id="runners" title="Runners" beside={runners.length}>
          <div className="-mx-1 overflow-x-auto px-1">
            <FactTable stacks columns={mayDrain ? COLUMNS : COLUMNS.slice(0, -1)}>
              {runners.map((runner) => (
                <Runner key={runner.name} runner={runner} mayDrain={mayDrain} again={again} />
              ))}
            </FactTable>
          </div>
        </Section>
      )}
    </>
  );
}

function Pool({ pool }: { pool: PoolState }) {
  const { name, slots, free, trees } = pool;
  return (
    <li className="border-line border-b py-3" data-pool={name}>
      <h3 className="font-medium">
        {name} <span className="text-ink-2 font-normal">{plural(trees, "tree")}</span>
      </h3>
      <Slots slots={slots} used={slots - free} />
      <p className="text-small text-ink-2">{poolSentence(pool)}</p>
    </li>
  );
}

interface RunnerProps {
  runner: RunnerState;
  mayDrain: boolean;
  again: () => Promise<void>;
}

function Runner({ runner, mayDrain, again }: RunnerProps) {
  const { name, pool, state, slots, free, architecture, version, drained, silent_since, trees, checks } = runner;
  return (
    <tr data-runner={name}>
      <td>
        <span className="font-mono text-mono">{name}</span>
        <span className="text-small text-ink-3 block">
          {pool}, {architecture}
        </span>
      </td>
      <td>
        <StatusWord status={glyphOf(runner)}>{RUNNER_STATES[state]}</StatusWord>
        {silent_since ? (
          <span className="text-small text-ink-2 block">
            since <Clock at={silent_since} />
          </span>
        ) : drained ? (
          <span className="text-small text-ink-2 block">
            by {drained.by} at <Clock at={drained.at} />
          </span>
        ) : null}
      </td>
      <td className="whitespace-nowrap">{state === "silent" ? `${slots} gone` : `${slots - free} of ${slots}`}</td>
      <td>
        {trees.length + checks.length === 0 ? "None" : null}
        {trees.map(({ id, title, place }, index) => (
          <span key={id}>
            {index > 0 ? ", " : ""}
            <Link className="link" href={`/trees/${id}`}>
              {title}
            </Link>
            {place > 1 ? <span className="text-ink-2"> (place {place})</span> : null}
          </span>
        ))}
        {checks.length > 0 ? (
          <span className="block">
            Checks{" "}
            {checks.map(({ id, title }, index) => (
              <Fragment key={id}>
                {index > 0 ? ", " : ""}
                <Link className="link" href={`/trees/${id}`}>
                  {title}
                </Link>
              </Fragment>
            ))}
          </span>
        ) : null}
      </td>
      <td className="text-ink-2 phone:hidden">{version}</td>
      {mayDrain ? (
        <td className="text-right phone:col-span-2 phone:text-left">
          <DrainActs runner={runner} again={again} />
        </td>
      ) : null}
    </tr>
  );
}

function glyphOf({ state, slots, free }: RunnerState): ShownStatus {
  if (state === "silent" || state === "other_level") return "failed";
  if (state === "drained" || state === "leaving") return "paused";
  return free < slots ? "running" : "ready";
}
