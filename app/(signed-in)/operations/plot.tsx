"use client";

import { Line, LineChart, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { Clock } from "@/components/ui/time";
import type { History, HistoryPoint } from "@/core/shapes/operations";
import { type ChartSeries, isAlone, newestOf } from "./chart-series";

const HEIGHT = 64;

interface PlotProps {
  chart: ChartSeries;
  points: HistoryPoint[];
  history: History;
}

/** The line of a chart, with gaps where data is missing. It is not animated. */
export function Plot({ chart, points, history }: PlotProps) {
  const { name, alertAt, stepped } = chart;
  const top = chart.top(history);
  const isOver = alertAt !== null && (newestOf(points, name) ?? 0) >= alertAt;
  const colour = isOver ? "var(--color-fail)" : name === "slots_used" ? "var(--color-run)" : "var(--color-ink-2)";
  return (
    <ResponsiveContainer className="mt-1 h-16 [&_svg]:overflow-visible" width="100%" height={HEIGHT} debounce={50}>
      <LineChart data={points} margin={{ top: 3, right: 1, bottom: 3, left: 1 }} accessibilityLayer={false}>
        <XAxis dataKey="at" hide />
        <YAxis hide domain={[0, top ?? ((most: number) => Math.max(1, most * 1.1))]} allowDataOverflow={top !== null} />
        <ReferenceLine y={0} stroke="var(--color-line)" ifOverflow="visible" />
        {alertAt === null ? null : <ReferenceLine y={alertAt} stroke="var(--color-fail)" strokeDasharray="3 3" />}
        <Tooltip
          isAnimationActive={false}
          cursor={{ stroke: "var(--color-line-strong)" }}
          content={({ active, payload, label }) => {
            const value: unknown = payload?.[0]?.value;
            if (!active || typeof value !== "number") return null;
            return (
              <div className="rounded-sm border border-line-strong bg-raised px-2 py-0.5 text-small whitespace-nowrap">
                {chart.show(value, history)}{" "}
                <span className="text-ink-3">{label ? <Clock at={String(label)} /> : null}</span>
              </div>
            );
          }}
        />
        <Line
          dataKey={name}
          type={stepped ? "stepAfter" : "linear"}
          stroke={colour}
          strokeWidth={1.5}
          strokeLinejoin="round"
          isAnimationActive={false}
          connectNulls={false}
          activeDot={{ r: 2.5, fill: colour, stroke: "none" }}
          dot={({ key, cx, cy, index }) =>
            isAlone(points, index, name) ? <circle key={key} cx={cx} cy={cy} r={1.5} fill={colour} /> : <g key={key} />
          }
        />
      </LineChart>
    </ResponsiveContainer>
  );
}
