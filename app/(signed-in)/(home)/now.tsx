"use client";

import { usePolled } from "@/components/http/use-polled";
import { Facts } from "@/components/ui/facts";
import { Card } from "@/components/ui/page/card";
import { StatusWord } from "@/components/ui/status";
import type { ProviderState } from "@/core/shapes/operations";
import type { ServerStatus } from "@/core/shapes/status";
import { plural } from "@/core/words/figures";
import { StateWords } from "../operations/provider-state";
import { PROVIDER_GLYPHS, providerName } from "../operations/provider-words";

/** A slow poll is enough: on Home, nobody waits for a change in a provider's state. */
const POLL_MS = 30_000;

interface NowProps {
  status: ServerStatus;
  providers: ProviderState[];
}

/** Card with the slots in use, the queue, and the state of each connected provider. */
export function Now({ status, providers }: NowProps) {
  const { value } = usePolled("providers", providers, POLL_MS);
  const { slots, queued, terminal } = status;
  return (
    <Card as="section" aria-labelledby="now">
      <h2 id="now">Now</h2>
      <Facts isApart>
        <dt>Slots</dt>
        <dd>
          {slots.used} of {slots.max} in use{queued > 0 ? `, ${plural(queued, "task")} queued` : ""}
        </dd>
        {value
          .filter(({ name, state }) => name !== "runbook" && state !== "no_key")
          .map((provider) => (
            <div className="contents" key={provider.name}>
              <dt className="min-w-0 truncate">{providerName(provider.name)}</dt>
              <dd title={provider.reason ?? undefined}>
                <StatusWord status={PROVIDER_GLYPHS[provider.state]}>
                  <StateWords provider={provider} />
                </StatusWord>
              </dd>
            </div>
          ))}
        {terminal.available ? null : (
          <>
            <dt>Terminal</dt>
            <dd>Off: {terminal.reason ?? "no sandbox"}</dd>
          </>
        )}
      </Facts>
    </Card>
  );
}
