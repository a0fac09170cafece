/** Starts the governor of a process with what it reads. */
import { type Governor, type GovernorOptions, startGovernor } from "@/agents/governor/governor";
import { type ReadingSources, readLimits } from "@/agents/governor/readings";
import type { ProviderSigns } from "@/agents/providers/signs";
import type { Readings } from "@/core/rules/governor";
import type { Store } from "@/db/store";
import { type DailyCaps, settingOfLimit } from "@/lib/env/daily-caps";

export interface GovernedParts extends Pick<GovernorOptions, "parks" | "leads" | "timers" | "now"> {
  acting: { store: Store };
  monitor: ReadingSources["monitor"];
  signs: ProviderSigns;
  options: {
    settings: { dailyCaps: DailyCaps };
    readings?(usual: Readings): Readings;
    report: GovernorOptions["report"];
  };
}

export function governorOf({ acting, monitor, signs, options, ...rest }: GovernedParts): Governor {
  const { store } = acting;
  const { settings, report, readings = (usual) => usual } = options;
  const sources = { store, monitor, signs, dailyCaps: settings.dailyCaps, now: rest.now };
  const { parks, leads, timers, now } = rest;
  return startGovernor({
    store,
    signs,
    parks,
    leads,
    timers,
    now,
    report,
    read: (limits) => readings(readLimits(sources, limits)),
    settingOf: (limit) => settingOfLimit(settings.dailyCaps, limit),
  });
}
