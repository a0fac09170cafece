"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import { Clock } from "@/components/ui/time";
import { useAction } from "@/components/ui/use-action";
import { addHost, removeHost } from "./actions";
import type { Changed } from "./policy-words";

interface HostsProps {
  hosts: string[];
  fetchHosts: string[];
  changed: Changed | null;
  may: boolean;
}

/** Hosts that nobody is asked about. */
export function Hosts({ hosts, fetchHosts, changed, may }: HostsProps) {
  const router = useRouter();
  const { pending, outcome, run } = useAction();
  const [host, setHost] = useState("");

  function add(event: FormEvent): void {
    event.preventDefault();
    if (host.trim() === "") return;
    run(
      () => addHost(host),
      (result) => {
        if (!result.ok) return;
        setHost("");
        router.refresh();
      },
    );
  }
  const remove = (one: string) =>
    run(
      () => removeHost(one),
      (result) => result.ok && router.refresh(),
    );

  return (
    <section className="sect" aria-labelledby="hosts">
      <header>
        <h2 id="hosts">Hosts that nobody is asked about</h2>
        <span className="faint">
          {changed ? (
            <>
              changed by {changed.by}, <Clock at={changed.at} />
            </>
          ) : null}
        </span>
      </header>
      {hosts.length === 0 ? (
        <p className="dim py-2">None: each call that reaches a host follows the level “Network”.</p>
      ) : (
        <ul className="rows hosts">
          {hosts.map((one) => (
            <li key={one}>
              <span className="mono wrapany grow">
                {one}
                {one.startsWith("*.") ? <span className="small dim"> and every host below it</span> : null}
              </span>
              {may ? (
                <Button look="quiet" disabled={pending} aria-label={`Remove ${one}`} onClick={() => remove(one)}>
                  Remove
                </Button>
              ) : null}
            </li>
          ))}
        </ul>
      )}
      {may ? (
        <form className="reply" onSubmit={add}>
          <input
            type="text"
            className="mono"
            aria-label="Host to add"
            placeholder="docs.example.org"
            spellCheck={false}
            autoCapitalize="off"
            value={host}
            aria-invalid={outcome?.ok === false || undefined}
            onChange={(event) => setHost(event.target.value)}
          />
          <Button type="submit" disabled={pending}>
            Add host
          </Button>
        </form>
      ) : null}
      <OutcomeLine outcome={outcome} />
      <p className="hint">
        A listed host can be told something through the address of a page that is fetched from it. Allow single hosts
        rather than *.domains.
      </p>
      <h3 className="mt-4">For fetching only</h3>
      <p className="dim wrapany">
        {fetchHosts.length > 0 ? fetchHosts.join(", ") : "None."}{" "}
        <span className="small faint">Set with BANYAN_FETCH_HOSTS; sending something there is asked about.</span>
      </p>
    </section>
  );
}
