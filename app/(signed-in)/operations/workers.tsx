"use client";

import Link from "next/link";
import type { Backup, WorkerState } from "@/agents/core/shapes-operations";
import { useServerStatus } from "@/components/feed/server-status";
import { bytes, plural } from "@/components/ui/format";
import { type ShownStatus, StatusGlyph } from "@/components/ui/status";
import { Clock, Elapsed } from "@/components/ui/time";
import { usePolled } from "./use-polled";

const LOOK_MS = 5_000;

interface WorkersProps {
  start: WorkerState[];
  /** null: there is none, or they may not see it. */
  newestBackup: Backup | null;
  isAdmin: boolean;
}

/** The processes that serve and work, and the newest copy of what they write. */
export function Workers({ start, newestBackup, isAdmin }: WorkersProps) {
  const { value: workers } = usePolled("workers", start, LOOK_MS);
  const { version } = useServerStatus();
  return (
    <section className="sect" aria-labelledby="workers">
      <header>
        <h2 id="workers">{isAdmin ? "Workers and backups" : "Workers"}</h2>
      </header>
      <div className="overx">
        <table className="t workers">
          <thead>
            <tr>
              <th scope="col">Process</th>
              <th scope="col">State</th>
              <th scope="col">Does</th>
              <th scope="col" className="hidephone">
                Since
              </th>
              <th scope="col" className="num">
                Last sign
              </th>
            </tr>
          </thead>
          <tbody>
            {workers.map((worker) => (
              <WorkerRow key={worker.id} worker={worker} version={version} />
            ))}
            {isAdmin ? <BackupRow backup={newestBackup} /> : null}
          </tbody>
        </table>
      </div>
      {workers.length === 0 ? <p className="dim py-2">No process works on this database.</p> : null}
    </section>
  );
}

const ROLES: Record<WorkerState["role"], string> = {
  all: "serves pages and works",
  web: "serves pages",
  worker: "works",
  run: "works for a command",
};

function WorkerRow({ worker, version }: { worker: WorkerState; version: string }) {
  const { pid, role, host, address, state, leases, tasks, since, last_sign, leads } = worker;
  const [glyph, word] = wordOf(worker);
  const others = leases - tasks.length;
  return (
    <tr data-worker={pid}>
      <td>
        <span className="mono">{pid}</span> <span className="dim">{ROLES[role]}</span>
        <span className="small faint block">
          {host === "here" ? "this machine" : "another container or machine"}
          {address ? `, ${address}` : ""}
          {role === "web" ? "" : leads ? ", looks after all trees" : ""}
        </span>
      </td>
      <td>
        <span className={`st s-${glyph}`}>
          <StatusGlyph status={glyph} labelled={false} />
          {word}
        </span>
      </td>
      <td>
        {state === "dead"
          ? leases > 0
            ? `Its ${plural(leases, "task")} ${leases === 1 ? "is" : "are"} taken over within seconds.`
            : "Nothing of it is left."
          : leases === 0
            ? `nothing, version ${version}`
            : plural(leases, "task")}
        {tasks.length > 0 ? (
          <span className="small dim block">
            {tasks.map(({ id, tree_id, title }, index) => (
              <span key={id}>
                {index > 0 ? ", " : ""}
                <Link className="link" href={`/trees/${tree_id}?task=${id}`}>
                  {title}
                </Link>
              </span>
            ))}
            {others > 0 ? ` and ${plural(others, "other")}` : ""}
          </span>
        ) : null}
      </td>
      <td className="dim nowrap hidephone">
        <Clock at={since} />
      </td>
      <td className="num dim">
        {last_sign ? (
          <>
            <Elapsed since={last_sign} until={null} /> ago
          </>
        ) : (
          "none yet"
        )}
      </td>
    </tr>
  );
}

function wordOf({ state, leases }: WorkerState): [ShownStatus, string] {
  if (state === "dead") return ["failed", "Dead"];
  if (state === "silent") return ["waiting", "Silent"];
  return leases > 0 ? ["running", "Running"] : ["ready", "Ready"];
}

function BackupRow({ backup }: { backup: Backup | null }) {
  return (
    <tr>
      <td>
        <Link className="link" href="/operations/backups">
          Backup
        </Link>
      </td>
      <td>
        <span className={`st s-${backup ? "succeeded" : "ready"}`}>
          <StatusGlyph status={backup ? "succeeded" : "ready"} labelled={false} />
          {backup ? "Made" : "None"}
        </span>
      </td>
      <td>{backup ? `${bytes(backup.size_bytes)}, ${backup.name}` : "There is no copy of the database yet."}</td>
      <td className="hidephone" />
      <td className="num dim">{backup ? <Clock at={backup.created_at} /> : null}</td>
    </tr>
  );
}
