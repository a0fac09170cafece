"use client";

import { useEffect, useState } from "react";
import type { MachineAlert, ServerStatus } from "@/agents/core/shapes";
import { fetchJson } from "./feed/fetch-json";
import { Icon } from "./ui/icon";

/** What runs short does so for minutes. */
const LOOK_MS = 30_000;

/** A grey strip while the machine runs short of something: nobody must answer it, and nothing has failed. */
export function MachineAlerts({ start }: { start: MachineAlert[] }) {
  return <AlertStrip alerts={useAlerts(start)} />;
}

function useAlerts(start: MachineAlert[]): MachineAlert[] {
  const [alerts, setAlerts] = useState(start);
  useEffect(() => {
    const look = () => {
      if (document.hidden) return;
      fetchJson<ServerStatus>("status").then(
        (status) => setAlerts(status.monitor?.alerts ?? []),
        // While the server is away, what was last known stands.
        () => {},
      );
    };
    const timer = setInterval(look, LOOK_MS);
    document.addEventListener("visibilitychange", look);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, []);
  return alerts;
}

export function AlertStrip({ alerts }: { alerts: MachineAlert[] }) {
  if (alerts.length === 0) return null;
  return (
    <ul className="machine" aria-label="The machine runs short">
      {alerts.map(({ what, sentence, remedy }) => (
        <li key={what} data-alert={what}>
          <Icon name="info" />
          <span>
            <b>{sentence}</b> <Sentence text={remedy} />
          </span>
        </li>
      ))}
    </ul>
  );
}

/** With what stands between backticks as code. */
function Sentence({ text }: { text: string }) {
  const [first, code, ...rest] = text.split("`");
  if (code === undefined) return first;
  return (
    <>
      {first}
      <code>{code}</code>
      {rest.length > 0 ? <Sentence text={rest.join("`")} /> : null}
    </>
  );
}
