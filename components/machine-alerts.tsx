"use client";

import { usePathname } from "next/navigation";
import type { MachineAlert } from "@/core/shapes/shapes";
import { useServerStatus } from "./feed/server-status";
import { useQuiet } from "./quiet-alerts";
import { Icon } from "./ui/icon";

/** Strip with the machine's alerts. It is grey, because nothing has failed and nobody has to respond. */
export function MachineAlerts() {
  const alerts = useServerStatus().monitor?.alerts ?? [];
  const quiet = useQuiet(alerts.map(({ what }) => what));
  // That page shows the alerts with more detail.
  if (usePathname() === "/operations") return null;
  return <AlertStrip alerts={alerts.filter(({ what }) => !quiet.has(what))} />;
}

export function AlertStrip({ alerts }: { alerts: MachineAlert[] }) {
  if (alerts.length === 0) return null;
  return (
    <section aria-label="Machine alerts">
      <ul className="space-y-1 border-b border-line bg-sunk px-6 py-2 text-ink-2 phone:px-4">
        {alerts.map(({ what, sentence, remedy }) => (
          <li className="flex gap-2" key={what} data-alert={what}>
            <Icon name="info" className="mt-0.5 size-4 flex-none" />
            <span>
              <b className="font-medium text-ink">{sentence}</b> <Sentence text={remedy} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Renders a sentence, with text between backticks as code. */
export function Sentence({ text }: { text: string }) {
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
