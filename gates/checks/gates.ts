import type { Gate } from "@/gates/model/gate";
import { analysis } from "./analysis";
import { bench } from "./bench";
import { blackBox } from "./black-box";
import { complexity, documentation } from "./code";
import { commands } from "./commands";
import { coverage } from "./coverage";
import { dependencies } from "./dependencies";
import { gapTests } from "./gap-tests";
import { licences } from "./licences";
import { mutation } from "./mutation";
import { newTests } from "./new-tests";
import { oddities } from "./oddities";
import { oldTests } from "./old-tests";
import { scope } from "./scope";
import { sentinels } from "./sentinels";
import { vulnerabilities } from "./vulnerabilities";

/** Every gate in the order of its run: quick gates first. */
export const GATES: readonly Gate[] = [
  scope,
  oddities,
  dependencies,
  licences,
  complexity,
  documentation,
  ...commands,
  analysis,
  oldTests,
  newTests,
  sentinels,
  mutation,
  blackBox,
  coverage,
  gapTests,
  bench,
  vulnerabilities,
];
