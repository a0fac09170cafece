/** Makes the answer of `/health`: whether the installation works, and which release answers. */
import { randomUUID } from "node:crypto";
import type { Health } from "@/core/shapes/health";
import type { Launch } from "@/lib/process/launch";
import type { Timers } from "@/lib/time/timers";
import { createHealth } from "./health";
import type { Runtime } from "./runtime-parts";

interface HealthSources {
  runtime: Pick<Runtime, "store" | "sandbox">;
  version: string;
  commit: string | null;
  launch: Launch | null;
  timers: Timers;
}

/** Returns the function that answers after a real write. */
export function createHealthReport(sources: HealthSources): (isEnding: boolean) => Promise<Health> {
  const { runtime, version, commit, launch, timers } = sources;
  const { store, sandbox } = runtime;
  const faultOf = createHealth(store, { now: Date.now, timers });
  const fixed = { version, commit, instance: launch?.instance ?? randomUUID(), release: launch?.release ?? null };
  return async (isEnding) => {
    const fault = await faultOf(isEnding);
    const terminal = await sandbox.status();
    return {
      status: fault ?? "ok",
      ...fixed,
      schema: store.installation.schema(),
      level: store.installation.level(),
      ...(!terminal.available && { terminal: terminal.reason }),
    };
  };
}
