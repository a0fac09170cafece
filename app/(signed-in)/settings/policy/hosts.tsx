"use client";

import { type FormEvent, useState } from "react";
import { refreshPage } from "@/components/refresh/refresh-page";
import { useForm } from "@/components/ui/forms/use-form";
import { Hint } from "@/components/ui/hint";
import { useAction } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Section } from "@/components/ui/page/section";
import { Button } from "@/components/ui/parts";
import { Clock } from "@/components/ui/time";
import { addHost, removeHost } from "./actions";
import type { Changed } from "./last-changes";

interface HostsProps {
  hosts: string[];
  fetchHosts: string[];
  changed: Changed | null;
  may: boolean;
}

/** The hosts that tasks reach without an approval. */
export function Hosts({ hosts, fetchHosts, changed, may }: HostsProps) {
  const { pending, outcome, run } = useAction();

  const remove = (name: string) =>
    run(
      () => removeHost(name),
      (result) => result.ok && refreshPage(),
    );

  return (
    <Section
      id="hosts"
      title="Allowed hosts"
      beside={
        changed ? (
          <>
            changed by {changed.by}, <Clock at={changed.at} />
          </>
        ) : null
      }
    >
      {hosts.length === 0 ? (
        <p className="text-ink-2 py-2">
          No hosts yet. Calls that reach a host follow the level “Network”
          {fetchHosts.length > 0 ? ", except those that only fetch from the hosts below" : ""}.
        </p>
      ) : (
        <HostList hosts={hosts} may={may} pending={pending} remove={remove} />
      )}
      {may ? <HostForm /> : null}
      <OutcomeLine outcome={outcome} />
      <Hint>
        Tasks reach these hosts without approval. A task can leak data to a listed host in the address of a page it
        fetches, so allow single hosts rather than *.domains.
      </Hint>
      <h3 className="mt-4">Fetch only</h3>
      <p className="text-ink-2 wrap-anywhere">
        {fetchHosts.length > 0 ? fetchHosts.join(", ") : "None."}{" "}
        <span className="text-small text-ink-3">Set with BANYAN_FETCH_HOSTS. Sending data there needs approval.</span>
      </p>
    </Section>
  );
}

interface HostListProps {
  hosts: string[];
  may: boolean;
  pending: boolean;
  remove: (host: string) => void;
}

function HostList({ hosts, may, pending, remove }: HostListProps) {
  return (
    <ul className="*:border-b *:border-line">
      {hosts.map((host) => (
        <li className="flex min-h-8 items-center gap-2" key={host}>
          <span className="font-mono text-mono wrap-anywhere flex-auto min-w-0">
            {host}
            {host.startsWith("*.") ? <span className="text-small text-ink-2"> and all its subdomains</span> : null}
          </span>
          {may ? (
            <Button look="quiet" disabled={pending} aria-label={`Remove ${host}`} onClick={() => remove(host)}>
              Remove
            </Button>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

function HostForm() {
  const [host, setHost] = useState("");
  const form = useForm();
  function add(event: FormEvent): void {
    event.preventDefault();
    if (host.trim() === "") return;
    form.run(
      () => addHost(host.trim()),
      (result) => {
        if (!result.ok) return;
        setHost("");
        refreshPage();
      },
    );
  }
  return (
    <form {...form.props} className="mt-2 max-w-160" onSubmit={add}>
      <div className="flex gap-2">
        <input
          {...form.register("add_hosts")}
          type="text"
          className="font-mono text-mono"
          aria-label="Host to add"
          placeholder="docs.example.org"
          spellCheck={false}
          autoCapitalize="off"
          value={host}
          onChange={(event) => setHost(event.target.value)}
        />
        <Button type="submit" disabled={form.pending}>
          Add host
        </Button>
      </div>
      {form.fault("add_hosts")}
      <OutcomeLine outcome={form.rest} />
    </form>
  );
}
