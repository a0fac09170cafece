/** Puts load on a service that runs, with autocannon. */
import autocannon from "autocannon";
import { followConnections } from "./connections";

export interface Load {
  url: string;
  headers: Readonly<Record<string, string>>;
  connections: number;
  seconds: number;
  /** Requests a second; null: as many as the connections can. */
  rate: number | null;
  /** Sent in turn; empty: GET of the address. */
  requests: readonly LoadRequest[];
  /** Whether each of them is sent once at most: the load ends with the last one. */
  isOnce?: boolean;
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
  /** The same of answers that are a success, until the last answer where each request is sent once. */
  good_per_second: number;
  sent_per_second: number;
  /** Milliseconds of each answer that is a success, the shortest first. */
  good: number[];
  /** The same of all answers. */
  all: number[];
}

const ANSWER_SECONDS = 10;

export async function loaded(load: Load): Promise<LoadTimes> {
  const { url, headers, connections, seconds, rate, requests, isOnce = false } = load;
  const most = isOnce ? requests.length : null;
  const followed = followConnections({ rate, most });
  let next = 0;
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const options: autocannon.Options = {
      url,
      connections,
      duration: seconds,
      timeout: ANSWER_SECONDS,
      headers: { ...headers },
      setupClient: followed.setup,
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
    autocannon(options, (error, done) => (error ? reject(error) : resolve(done)));
  });
  const { answers, sent, unanswered, untilLastMs } = followed.seen();
  const { duration } = result;
  const all = answers.map(({ ms }) => ms).sort(byTime);
  const good = answers.flatMap(({ status, ms }) => (status < 400 ? [ms] : [])).sort(byTime);
  return {
    requests: all.length + unanswered,
    errors: unanswered + all.length - good.length,
    requests_per_second: rounded(all.length / duration),
    good_per_second: rounded(good.length / (most !== null && sent >= most ? untilLastMs / 1_000 : duration)),
    sent_per_second: rounded(sent / duration),
    good,
    all,
  };
}

/** Returns the nearest measured time at or above a share of sorted ones. */
export function timeAt(times: readonly number[], share: number): number {
  return rounded(times[Math.max(0, Math.ceil(share * times.length) - 1)] ?? 0);
}

function byTime(left: number, right: number): number {
  return left - right;
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
