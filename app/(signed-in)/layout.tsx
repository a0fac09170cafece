import type { ReactNode } from "react";
import { keepTheme } from "@/app/actions/theme";
import { enter } from "@/app/enter";
import { ConnectionBar } from "@/components/feed/connection-bar";
import { MachineAlerts } from "@/components/machine-alerts";
import { Navigation } from "@/components/navigation";

export default async function SignedInLayout({ children }: { children: ReactNode }) {
  const { actor, queries } = await enter();
  const status = await queries.getStatus();
  return (
    <div className="app">
      <Navigation name={actor.name} version={status.version} keepTheme={keepTheme} />
      <div className="main">
        <ConnectionBar />
        <MachineAlerts start={status.monitor?.alerts ?? []} />
        {children}
      </div>
    </div>
  );
}
