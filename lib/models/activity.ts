/**
 * Tells a model call's owner of everything that arrives from the provider. The provider packages swallow keep-alive
 * pings and comment lines, so it is counted below them: each piece of an answer's bytes, and its headers.
 */

/** The signal is the one thing of a call that the packages hand through to `fetch` as it is. */
const watched = new WeakMap<AbortSignal, () => void>();

/** From now on `onActivity` is called for what arrives at requests that `watchedFetch` makes with this signal. */
export function watchActivity(signal: AbortSignal, onActivity: () => void): void {
  watched.set(signal, onActivity);
}

/** `fetch`, as the provider packages are given it. Status, headers, errors and the pace of reading are those of `fetch`. */
export const watchedFetch: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  const onActivity = init?.signal ? watched.get(init.signal) : undefined;
  if (!onActivity) return response;
  onActivity();
  if (!response.body) return response;
  const { status, statusText, headers } = response;
  return new Response(telling(response.body, onActivity), { status, statusText, headers });
};

function telling(body: ReadableStream<Uint8Array>, onActivity: () => void): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read();
        if (done) return controller.close();
        onActivity();
        controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    // Nothing is read before it is asked for, so that whoever reads slowly slows the provider as before.
    { highWaterMark: 0 },
  );
}
