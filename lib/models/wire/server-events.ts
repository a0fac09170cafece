/** Splits a stream of text into server-sent events. */

export interface ServerEvent {
  /** The lines of its data. */
  data: string[];
  /** The name of its kind; empty: none. */
  name: string;
}

export interface EventSplitter {
  /** Returns the events that are complete with this text. */
  push(text: string): ServerEvent[];
  /** Returns what is left at the end of the stream: its last event may lack the empty line after it. */
  rest(): ServerEvent[];
}

export function createEventSplitter(): EventSplitter {
  let buffer = "";
  let event: ServerEvent = { data: [], name: "" };
  const read = (line: string): ServerEvent[] => {
    if (line !== "") {
      addLine(event, line);
      return [];
    }
    const whole = event;
    event = { data: [], name: "" };
    return whole.data.length > 0 ? [whole] : [];
  };
  return {
    push(text) {
      buffer += text;
      // A carriage return at the end may be the first half of a line's end.
      const lines = buffer.split(/\r\n|\n|\r(?!$)/);
      buffer = lines.pop() ?? "";
      return lines.flatMap(read);
    },
    rest() {
      const lines = [buffer.replace(/\r$/, ""), ""];
      buffer = "";
      return lines.flatMap(read);
    },
  };
}

function addLine(event: ServerEvent, line: string): void {
  // Some servers send lines of bare JSON between their events.
  if (line.startsWith("{")) event.data.push(line);
  const [, field = "", value = ""] = /^([a-z]+):? ?(.*)$/s.exec(line) ?? [];
  if (field === "data") event.data.push(value);
  else if (field === "event") event.name = value.trim();
}
