"use client";

import { useState } from "react";
import { refreshPage } from "@/components/refresh/refresh-page";
import { FIELD } from "@/components/ui/field-look";
import { Card } from "@/components/ui/page/card";
import type { ListedProvider } from "@/core/shapes/installation/providers";
import { ProviderForm } from "../settings/provider-form";

interface ConnectModelProps {
  /** Empty unless the user is an admin. */
  providers: ListedProvider[];
  defaultModel: string;
}

/** Form that tests and saves a provider's key on Home, where it is missing. Everything else is in the settings. */
export function ConnectModel({ providers, defaultModel }: ConnectModelProps) {
  const [name, setName] = useState(providers[0]?.name ?? "");
  const provider = providers.find((one) => one.name === name);
  return (
    <Card as="section" className="mt-0!" aria-labelledby="connect">
      <h2 id="connect">Connect a model</h2>
      {provider ? (
        <>
          <p className="mb-3 text-ink-2">
            <b className="font-medium text-ink">No model is connected.</b> Agents need a provider's key or a local model
            server. Runbooks work without one.
          </p>
          <label className={`${FIELD} mb-2`}>
            <span>Provider</span>
            <select value={name} onChange={(event) => setName(event.target.value)}>
              {providers.map((one) => (
                <option key={one.name} value={one.name}>
                  {one.also_serves ? `${one.label} or a compatible server` : one.label}
                </option>
              ))}
            </select>
          </label>
          <ProviderForm key={name} provider={provider} defaultModel={defaultModel} onKept={refreshPage} />
        </>
      ) : (
        <p className="text-ink-2">
          No model is connected. Ask an admin to connect one under Settings. Runbooks work without one.
        </p>
      )}
    </Card>
  );
}
