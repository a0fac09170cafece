/** Puts load on a service that runs, with autocannon. */
import autocannon from "autocannon";

export interface Load {
  url: string;
  headers: Readonly<Record<string, string>>;
  connections: number;
  seconds: number;
  /** Requests a second; null: as many as the connections can. */
  rate: number | null;
  /** Sent in turn; empty: GET of the address. */
  requests: readonly LoadRequest[];
}

export interface LoadRequest {
  method: string;
  /** With the query. */
  path: string;
  headers: Record<string, string>;
  body: string | null;
}

export interface LoadTimes {
  /** Requests that were sent, also those without an answer. */
  requests: number;
  /** Answers that are no success, and requests without an answer. */
  errors: number;
  requests_per_second: number;
  /** Milliseconds of each answer that is a success, the shortest first. */
  good: number[];
  /** The same of all answers. */
  all: number[];
}

const ANSWER_SECONDS = 10;

export async function loaded({ url, headers, connections, seconds, rate, requests }: Load): Promise<LoadTimes> {
  const all: number[] = [];
  const good: number[] = [];
  let next = 0;
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const options: autocannon.Options = {
      url,
      connections,
      duration: seconds,
      timeout: ANSWER_SECONDS,
      headers: { ...headers },
      ...(rate !== null && { overallRate: rate }),
      ...(requests.length > 0 && {
        requests: [
          {
            setupRequest(request: autocannon.Request) {
              const { method, path, headers: own, body } = requests[next++ % requests.length] as LoadRequest;
              const whole = { ...request, method: method as autocannon.Request["method"], path };
              return { ...whole, headers: { ...request.headers, ...own }, ...(body !== null && { body }) };
            },
          },
        ],
      }),
    };
    const run = autocannon(options, (error, done) => (error ? reject(error) : resolve(done)));
    run.on("response", (_client, status, _bytes, ms) => {
      all.push(ms);
      if (status < 400) good.push(ms);
    });
  });
  const { requests: sent, errors, duration } = result;
  for (const times of [all, good]) times.sort((left, right) => left - right);
  return {
    requests: sent.total + errors,
    errors: errors + all.length - good.length,
    requests_per_second: rounded(sent.total / duration),
    good,
    all,
  };
}

/** Returns the nearest measured time at or above a share of sorted ones. */
export function timeAt(times: readonly number[], share: number): number {
  return rounded(times[Math.max(0, Math.ceil(share * times.length) - 1)] ?? 0);
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
