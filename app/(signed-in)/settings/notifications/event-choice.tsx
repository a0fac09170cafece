import type { Form } from "@/components/ui/forms/use-form";
import { WEBHOOK_EVENTS } from "@/core/shapes/webhooks";
import { EVENT_WORDS } from "./webhook-words";

interface EventChoiceProps {
  form: Form;
  events: readonly string[];
  onChange: (events: readonly string[]) => void;
}

/** The events that a receiver is told about. */
export function EventChoice({ form, events, onChange }: EventChoiceProps) {
  const toggle = (event: string, isOn: boolean) =>
    onChange(isOn ? [...events, event] : events.filter((one) => one !== event));
  return (
    <fieldset className="stack">
      <legend className="mb-1 text-small font-medium text-ink-2">Send a message when</legend>
      {WEBHOOK_EVENTS.map((event) => (
        <label key={event} className="flex items-center gap-2">
          <input
            {...form.register("events")}
            id={undefined}
            type="checkbox"
            checked={events.includes(event)}
            onChange={({ target }) => toggle(event, target.checked)}
          />
          <span>{EVENT_WORDS[event]}</span>
        </label>
      ))}
      {form.fault("events")}
    </fieldset>
  );
}
