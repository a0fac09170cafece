import type { MonitorStatus, ServerStatus } from "@/agents/core/shapes";
import { StatusGlyph } from "@/components/ui/status";

/** How busy the machine is: what is not known yet is left out. */
function Machine({ monitor }: { monitor: MonitorStatus }) {
  const shares = [
    ["Processor", monitor.cpu_percent],
    ["Memory", monitor.memory_percent],
    ["Disk", monitor.disk_percent],
  ] as const;
  return (
    <>
      {shares.map(([name, percent]) =>
        percent === null ? null : (
          <div className="contents" key={name}>
            <dt>{name}</dt>
            <dd>{percent} % used</dd>
          </div>
        ),
      )}
      <dt>Resting</dt>
      <dd>
        {monitor.waiting} waiting, {monitor.parked} parked
      </dd>
    </>
  );
}

/** How busy the server is and which models answer. */
export function Now({ status }: { status: ServerStatus }) {
  const queued = status.queued > 0 ? `, ${status.queued} queued` : "";
  return (
    <section className="card" aria-labelledby="now">
      <h2 id="now">Now</h2>
      <dl className="facts">
        <dt>Slots</dt>
        <dd>
          {status.slots.used} of {status.slots.max} in use{queued}
        </dd>
        {status.monitor && <Machine monitor={status.monitor} />}
        {status.models.map((model) => (
          <div className="contents" key={model.name}>
            <dt className="cut">{model.name}</dt>
            <dd>
              <span className={`st ${model.available ? "s-succeeded" : ""}`} title={model.reason ?? undefined}>
                <StatusGlyph status={model.available ? "succeeded" : "ready"} labelled={false} />
                {model.available ? "Ready" : "Not connected"}
              </span>
            </dd>
          </div>
        ))}
        {status.terminal.available ? null : (
          <>
            <dt>Terminal</dt>
            <dd title={status.terminal.reason ?? undefined}>Off: {status.terminal.reason ?? "no sandbox"}</dd>
          </>
        )}
      </dl>
    </section>
  );
}
