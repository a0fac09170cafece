/** Keeps what each gate saw: one file for each gate, and the log of each command. */
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import type { CommandResult, CommandRun, Verdict } from "@/gates/model/gate";
import { createRedactor } from "@/lib/secrets/redact";

interface RunRow {
  name: string;
  command: string;
  exit_status: number | null;
  ended_by: string | null;
  started_at: string;
  seconds: number;
  log: string;
  log_sha256: string;
}

export interface Evidence {
  /** Adds a finished command to the gate that is running. */
  add(run: CommandRun, result: CommandResult): void;
  /** Starts a gate. */
  begin(gate: string): void;
  /** Ends the gate, writes its file and returns the file's SHA-256. */
  end(verdict: Verdict): string;
  /** Writes a text beside the gates' files. */
  write(name: string, text: string): void;
}

/** `inputs` are the digests of the change and of the settings; `versions` are those of the tools. */
export function openEvidence(
  folder: string,
  more: { inputs: Record<string, string>; versions: Record<string, string> },
): Evidence {
  fs.mkdirSync(path.join(folder, "logs"), { recursive: true, mode: 0o700 });
  const { redact } = createRedactor({ values: () => [] });
  let gate = "scope";
  let startedAt = new Date();
  let runs: RunRow[] = [];
  return {
    begin(name) {
      gate = name;
      startedAt = new Date();
      runs = [];
    },
    add({ name, command }, result) {
      const log = `logs/${gate}-${runs.length + 1}-${name.replace(/[^A-Za-z0-9.-]+/g, "_")}.txt`;
      const text = redact(result.log);
      fs.writeFileSync(path.join(folder, log), text, { mode: 0o600 });
      const { exitStatus: exit_status, endedBy: ended_by, startedAt: started_at, seconds } = result;
      runs.push({ name, command, exit_status, ended_by, started_at, seconds, log, log_sha256: sha256(text) });
    },
    end(verdict) {
      const row = { gate, ...more, started_at: startedAt.toISOString(), ended_at: new Date().toISOString() };
      const text = `${JSON.stringify({ ...row, ...verdict, runs }, null, 2)}\n`;
      fs.writeFileSync(path.join(folder, `${gate}.json`), text, { mode: 0o600 });
      return sha256(text);
    },
    write: (name, text) => fs.writeFileSync(path.join(folder, name), text, { mode: 0o600 }),
  };
}

export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
