import type { Gate } from "@/gates/model/gate";
import { commands } from "./commands";
import { newTests } from "./new-tests";
import { oddities } from "./oddities";
import { oldTests } from "./old-tests";
import { scope } from "./scope";

/** Every gate in the order of its run: quick gates first. */
export const GATES: readonly Gate[] = [scope, oddities, ...commands, oldTests, newTests];
