"use client";

import Link from "next/link";
import type { MachineAlert } from "@/core/shapes/health";
import { NoticeBar } from "./feed/notice-bar";

/** Notice with the machine's alerts. It is small and grey, because nothing has failed and nobody has to respond. */
export function AlertStrip({ alerts }: { alerts: MachineAlert[] }) {
  return (
    <NoticeBar icon="info" look="quiet" aria-label="Machine alerts">
      <ul className="flex flex-col gap-1">
        {alerts.map(({ what, sentence, remedy }) => (
          <li key={what} data-alert={what}>
            <span className="relative" title={`${sentence} ${remedy.replaceAll("`", "")}`}>
              {sentence}
              <span className="sr-only">
                {" "}
                <Sentence text={remedy} />
              </span>
            </span>{" "}
            <Link className="link" href="/operations" prefetch={false}>
              What to do
            </Link>
          </li>
        ))}
      </ul>
    </NoticeBar>
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
