"use client";

import dynamic from "next/dynamic";
import Link from "next/link";
import type { History, HistoryPoint } from "@/agents/core/shapes-operations";
import { useServerStatus } from "@/components/feed/server-status";
import { Icon } from "@/components/ui/icon";
import { Clock } from "@/components/ui/time";
import { CHARTS, type ChartSeries, describe, newestOf, withNow } from "./chart-series";
import { RANGES } from "./hours";
import { usePolled } from "./use-polled";

/** Loaded when it is needed; the place it takes is there before, so that nothing moves. */
const Plot = dynamic(() => import("./plot").then((module) => module.Plot), {
  ssr: false,
  loading: () => <div className="plot" />,
});

/** A new row is there each minute. */
const LOOK_MS = 30_000;

/** How the machine and the work stood, as small charts with one time axis, and as a table for who wants the figures. */
export function Charts({ start }: { start: History }) {
  const { value: history } = usePolled<History>(`history?hours=${start.hours}`, start, LOOK_MS);
  const status = useServerStatus();
  const points = withNow(history.points, status);
  return (
    <section className="sect" aria-labelledby="machine">
      <header className="plain">
        <h2 id="machine">Machine and work</h2>
        <span className="faint">{RANGES.find(({ hours }) => hours === history.hours)?.sentence}</span>
        <nav className="more flex nowrap" aria-label="Time that the charts show">
          {RANGES.map(({ hours, word }) => (
            <Link
              key={hours}
              className="link small range"
              href={hours === 1 ? "/operations" : `/operations?hours=${hours}`}
              scroll={false}
              aria-current={hours === history.hours ? "true" : undefined}
            >
              {word}
            </Link>
          ))}
        </nav>
      </header>
      <div className="charts">
        {CHARTS.map((chart) => (
          <Chart key={chart.name} chart={chart} points={points} history={history} note={chart.note(history, status)} />
        ))}
      </div>
      <Table points={points} history={history} />
    </section>
  );
}

interface ChartProps {
  chart: ChartSeries;
  points: HistoryPoint[];
  history: History;
  note: string;
}

function Chart({ chart, points, history, note }: ChartProps) {
  const now = newestOf(points, chart.name);
  return (
    <figure className="chart" data-chart={chart.name}>
      <figcaption>
        <span>{chart.title}</span>
        <b>{now === null ? "–" : chart.show(now, history)}</b>
      </figcaption>
      <div role="img" aria-label={describe(chart, points, history)}>
        <Plot chart={chart} points={points} history={history} />
      </div>
      <div className="ax">
        <span>{points[0] ? <Clock at={points[0].at} /> : null}</span>
        <span>{note}</span>
        <span>now</span>
      </div>
    </figure>
  );
}

function Table({ points, history }: { points: HistoryPoint[]; history: History }) {
  const measured = points.filter((point) => CHARTS.some(({ name }) => point[name] !== null)).reverse();
  return (
    <details className="inst mt-2">
      <summary>
        <Icon name="chev" className="i tw" />
        <span>These figures as a table</span>
      </summary>
      <div className="overx figures">
        <table className="t">
          <thead>
            <tr>
              <th scope="col">Time</th>
              {CHARTS.map(({ name, title }) => (
                <th scope="col" className="num" key={name}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {measured.map((point) => (
              <tr key={point.at}>
                <th scope="row" className="nowrap">
                  <Clock at={point.at} />
                </th>
                {CHARTS.map(({ name, show }) => (
                  <td className="num" key={name}>
                    {point[name] === null ? "–" : show(point[name], history)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
