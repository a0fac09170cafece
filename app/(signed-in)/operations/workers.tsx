"use client";

import Link from "next/link";
import { usePolled } from "@/components/http/use-polled";
import { Section } from "@/components/ui/page/section";
import { StatusWord } from "@/components/ui/status";
import { FactTable } from "@/components/ui/table";
import { Clock, Elapsed } from "@/components/ui/time";
import type { Backup, WorkerState } from "@/core/shapes/operations";
import { bytes, plural } from "@/core/words/figures";
import { PROCESS_ROLES } from "@/core/words/processes";
import type { ShownStatus } from "@/core/words/status";

const COLUMNS = [
  "Process",
  "State",
  "Tasks",
  { name: "Since", className: "phone:hidden" },
  { name: "Heartbeat", className: "text-right whitespace-nowrap" },
];

const POLL_MS = 5_000;

interface WorkersProps {
  start: WorkerState[];
  /** null if there is no backup, or if the person may not see backups. */
  newestBackup: Backup | null;
  isAdmin: boolean;
}

/** The processes on this database, and the newest backup. */
export function Workers({ start, newestBackup, isAdmin }: WorkersProps) {
  const { value: workers } = usePolled("workers", start, POLL_MS);
  return (
    <Section id="workers" title={isAdmin ? "Workers and backups" : "Workers"}>
      <div className="-mx-1 overflow-x-auto px-1">
        <FactTable stacks columns={COLUMNS}>
          {workers.map((worker) => (
            <WorkerRow key={worker.id} worker={worker} />
          ))}
          {isAdmin ? <BackupRow backup={newestBackup} /> : null}
        </FactTable>
      </div>
      {workers.length === 0 ? <p className="text-ink-2 py-2">No process is running on this database.</p> : null}
    </Section>
  );
}

function WorkerRow({ worker }: { worker: WorkerState }) {
  const { pid, role, state, leases, tasks, since, last_sign } = worker;
  const [glyph, word] = wordOf(worker);
  const others = leases - tasks.length;
  return (
    <tr data-worker={pid}>
      <td>
        <span className="font-mono text-mono">{pid}</span> <span className="text-ink-2">{PROCESS_ROLES[role]}</span>
        <span className="text-small text-ink-3 block">{placeOf(worker)}</span>
      </td>
      <td>
        <StatusWord status={glyph}>{word}</StatusWord>
      </td>
      <td>
        {state === "dead"
          ? leases > 0
            ? `${plural(leases, "task")}, another worker takes over`
            : "None"
          : leases === 0
            ? "None"
            : plural(leases, "task")}
        {tasks.length > 0 ? (
          <span className="text-small text-ink-2 block">
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
      <td className="whitespace-nowrap text-ink-2 phone:hidden">
        <Clock at={since} />
      </td>
      <td className="text-right whitespace-nowrap text-ink-2">
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

/** Returns what sets a process apart from one that only works on this machine. */
function placeOf({ host, address, role, leads }: WorkerState): string {
  const words = [host === "here" ? "" : "another container or machine", address, role !== "web" && leads && "leader"];
  return words.filter(Boolean).join(", ");
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
        <StatusWord status={backup ? "succeeded" : "ready"}>{backup ? "Done" : "None"}</StatusWord>
      </td>
      <td>{backup ? `${bytes(backup.size_bytes)}, ${backup.name}` : "No backup yet."}</td>
      <td className="phone:hidden" />
      <td className="text-right whitespace-nowrap text-ink-2">{backup ? <Clock at={backup.created_at} /> : null}</td>
    </tr>
  );
}
