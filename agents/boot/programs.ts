/** Models that are programs, by their names. */
import { goalModel } from "@/core/goals/pursue";
import { iterationModel } from "@/core/goals/rounds/round";
import type { ModelPort } from "@/core/log/model";
import { executorModel } from "@/core/programs/executor";
import type { PROGRAMS } from "@/core/programs/names";
import { runbookModel } from "@/lib/models/runbook/model";

export const PROGRAM_PORTS: Record<(typeof PROGRAMS)[number], ModelPort> = {
  runbook: runbookModel,
  goal: goalModel,
  iteration: iterationModel,
  executor: executorModel,
};
