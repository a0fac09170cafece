"use client";

import type { ServerStatus } from "@/agents/core/shapes";
import type { ProviderState } from "@/agents/core/shapes-operations";
import { plural } from "@/components/ui/format";
import { StatusGlyph } from "@/components/ui/status";
import { PROVIDER_GLYPHS, providerName } from "../operations/provider-words";
import { StateWords } from "../operations/providers";
import { usePolled } from "../operations/use-polled";

/** Whether a provider answers is news, but none that anybody waits for here. */
const LOOK_MS = 30_000;

interface NowProps {
  status: ServerStatus;
  providers: ProviderState[];
}

/** How busy the server is, and which models answer. */
export function Now({ status, providers }: NowProps) {
  const { value } = usePolled("providers", providers, LOOK_MS);
  const { slots, queued, terminal } = status;
  return (
    <section className="card" aria-labelledby="now">
      <h2 id="now">Now</h2>
      <dl className="facts">
        <dt>Slots</dt>
        <dd>
          {slots.used} of {slots.max} in use{queued > 0 ? `, ${plural(queued, "task")} queued` : ""}
        </dd>
        {value
          .filter(({ name }) => name !== "runbook")
          .map((provider) => (
            <div className="contents" key={provider.name}>
              <dt className="cut">{providerName(provider.name)}</dt>
              <dd title={provider.reason ?? undefined}>
                <span className={`st s-${PROVIDER_GLYPHS[provider.state]}`}>
                  <StatusGlyph status={PROVIDER_GLYPHS[provider.state]} labelled={false} />
                  <StateWords provider={provider} />
                </span>
              </dd>
            </div>
          ))}
        {terminal.available ? null : (
          <>
            <dt>Terminal</dt>
            <dd>Off: {terminal.reason ?? "no sandbox"}</dd>
          </>
        )}
      </dl>
    </section>
  );
}
