"use client";

import dynamic from "next/dynamic";
import Link from "next/link";
import { useServerStatus } from "@/components/feed/server-status";
import { usePolled } from "@/components/http/use-polled";
import { FOLD } from "@/components/ui/fold-look";
import { FoldMark } from "@/components/ui/fold-mark";
import { Section } from "@/components/ui/page/section";
import { FactTable } from "@/components/ui/table";
import { Clock, Missing } from "@/components/ui/time";
import type { History, HistoryPoint } from "@/core/shapes/operations";
import { CHARTS, type ChartSeries, describe, newestOf, withNow } from "./chart-series";
import { CHART_CELL, CHART_GRID, PlotSpace } from "./chart-space";
import { RANGES } from "./hours";

/** Loaded when needed. Its space is reserved, so that the layout does not shift. */
const Plot = dynamic(() => import("./plot").then((module) => module.Plot), {
  ssr: false,
  loading: () => <PlotSpace />,
});

/** The server writes a new row every minute. */
const POLL_MS = 30_000;

/** The load of the machine and of the work over time, as small charts and as a table. */
export function Charts({ start }: { start: History }) {
  const { value: history } = usePolled(`history?hours=${start.hours}`, start, POLL_MS);
  const status = useServerStatus();
  const points = withNow(history.points, status);
  return (
    <Section id="machine" title="Machine and work" end={<Ranges current={history.hours} />} isPlain>
      <div className={CHART_GRID}>
        {CHARTS.map((chart) => (
          <Chart key={chart.name} chart={chart} points={points} history={history} note={chart.note(history, status)} />
        ))}
      </div>
      <Figures points={points} history={history} />
    </Section>
  );
}

function Ranges({ current }: { current: number }) {
  return (
    <nav className="flex items-center gap-2 whitespace-nowrap" aria-label="Time range of the charts">
      {RANGES.map(({ hours, word, sentence }) => (
        <Link
          key={hours}
          className="link text-small aria-[current]:font-semibold aria-[current]:text-ink aria-[current]:no-underline"
          href={hours === 1 ? "/operations" : `/operations?hours=${hours}`}
          scroll={false}
          title={sentence}
          aria-current={hours === current ? "true" : undefined}
        >
          {word}
        </Link>
      ))}
    </nav>
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
    <figure className={CHART_CELL} data-chart={chart.name}>
      <figcaption className="flex items-baseline justify-between gap-2 text-ink-2 phone:flex-col phone:gap-0">
        <span>{chart.title}</span>
        <b className="text-page tracking-normal whitespace-nowrap text-ink">
          {now === null ? <Missing word="not measured yet" /> : chart.show(now, history)}
        </b>
      </figcaption>
      <div role="img" aria-label={describe(chart, points, history)}>
        <Plot chart={chart} points={points} history={history} />
      </div>
      <p className="min-h-4 text-right text-small whitespace-nowrap text-ink-3">{note}</p>
    </figure>
  );
}

const COLUMNS = ["Time", ...CHARTS.map(({ title }) => ({ name: title, className: "text-right whitespace-nowrap" }))];

function Figures({ points, history }: { points: HistoryPoint[]; history: History }) {
  const measured = points.filter((point) => CHARTS.some(({ name }) => point[name] !== null)).reverse();
  return (
    <details className={`${FOLD} mt-2`}>
      <summary>
        <FoldMark />
        <span>Show as table</span>
      </summary>
      <div className="max-h-90 overflow-auto">
        <FactTable columns={COLUMNS}>
          {measured.map((point) => (
            <tr key={point.at}>
              <th scope="row" className="whitespace-nowrap">
                <Clock at={point.at} />
              </th>
              {CHARTS.map(({ name, show }) => (
                <td className="text-right whitespace-nowrap" key={name}>
                  {point[name] === null ? <Missing word="not measured" /> : show(point[name], history)}
                </td>
              ))}
            </tr>
          ))}
        </FactTable>
      </div>
    </details>
  );
}
