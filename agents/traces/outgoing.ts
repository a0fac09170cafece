/** Requests of tasks to models, servers and agents say for which span they are made. Where traces are off, nothing is wrapped. */
import type { ServerCalls } from "@/agents/servers/server-calls";
import type { ModelPort } from "@/core/log/model";
import { modelSpan, toolSpan } from "@/core/traces/ids";
import { traceparentOf } from "@/core/traces/traceparent";
import type { Store } from "@/db/store";
import { onBehalfOf } from "@/lib/traces/outgoing";
import { placeNow } from "./watch";

type Sources = Pick<Store, "traces">;

export function tracedModels(models: ModelPort, store: Sources): ModelPort {
  return {
    ...models,
    respond(request, options) {
      // The log's length is what it was when the call was decided: a turn commits before it calls.
      const place = request.cacheKey === undefined ? null : placeNow(store, request.cacheKey);
      const span = place && traceparentOf(modelSpan(place, place.length));
      return onBehalfOf(span, () => models.respond(request, options));
    },
  };
}

export function tracedServers(servers: ServerCalls, store: Sources): ServerCalls {
  return {
    ...servers,
    call(tool, input, context) {
      const place = context.callId === undefined ? null : placeNow(store, context.taskId);
      const span = place && traceparentOf(toolSpan(place, context.callId ?? ""));
      return onBehalfOf(span, () => servers.call(tool, input, context));
    },
  };
}
