import type { Operator } from "@/agents/application";
import type { CommandSources } from "@/agents/commands/world/sources";
import type { AuditSources } from "@/agents/operations/audit";
import { createOperator } from "@/agents/operations/perform";
import { createIds } from "@/agents/queries/queries";
import { operations } from "./operations";
import { checkReach } from "./reach";

/** Returns what runs the operations of people on these sources. */
export function openOperations(sources: CommandSources, audit: AuditSources): Operator {
  const ids = createIds(sources.store);
  const world = { ...sources, ids, making: new Map() };
  return createOperator(operations, {
    world,
    audit,
    redactor: sources.security.redactor,
    checkReach: (reach, actor) => checkReach(world, reach, actor),
  });
}
