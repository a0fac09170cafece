import type { ReactNode } from "react";
import { application } from "@/agents/application";
import { keepTheme } from "@/app/actions/theme";
import { ConnectionBar } from "@/components/feed/connection-bar";
import { MachineAlerts } from "@/components/machine-alerts";
import { Navigation } from "@/components/navigation";
import { requireSession } from "@/lib/auth/require-session";

export default async function SignedInLayout({ children }: { children: ReactNode }) {
  const session = await requireSession();
  const status = await application().queries.getStatus();
  return (
    <div className="app">
      <Navigation name={session.name} version={status.version} keepTheme={keepTheme} />
      <div className="main">
        <ConnectionBar />
        <MachineAlerts start={status.monitor?.alerts ?? []} />
        {children}
      </div>
    </div>
  );
}
