"use client";

import { useState } from "react";
import { type NotifyState, turnOff, turnOn, useNotifyState } from "@/components/attention/notify-choice";
import { Section } from "@/components/ui/page/section";
import { Button } from "@/components/ui/parts";

const STATES: Record<NotifyState, string> = {
  unsupported: "This browser cannot show notifications for this address: use https, localhost, or another browser.",
  blocked:
    "Blocked by this browser. Allow notifications for this site in the browser's settings, then reload the page.",
  offered: "Off in this browser.",
  off: "Off in this browser.",
  on: "On in this browser, while a page of Banyan is open.",
};

/** Turns the notifications of this browser on and off. */
export function BrowserNotifications() {
  const state = useNotifyState();
  const [isAsking, setAsking] = useState(false);
  const ask = async () => {
    setAsking(true);
    await turnOn().finally(() => setAsking(false));
  };
  return (
    <Section id="browser" title="This browser">
      <p className="mt-2 text-ink-2">
        A notification for each item that waits for you while you look elsewhere. A click opens the item. It closes when
        the item is settled.
      </p>
      <p className="mt-2" role="status">
        {isAsking ? "Answer the question of your browser." : STATES[state]}
      </p>
      <div className="mt-2 flex gap-2">
        {state === "on" ? <Button onClick={turnOff}>Turn off</Button> : null}
        {state === "off" || state === "offered" ? (
          <Button disabled={isAsking} onClick={() => void ask()}>
            Turn on
          </Button>
        ) : null}
      </div>
    </Section>
  );
}
