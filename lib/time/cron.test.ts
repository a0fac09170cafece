import { expect, onTestFinished, test } from "vitest";
import { CronError, localTime, ownZone, readCron } from "./cron";

/** The next times as the zone's wall clock shows them, with the offset from UTC in hours and what is odd about them. */
function next(cron: string, zone: string, from: string, most = 3): string[] {
  const cadence = readCron(cron, zone);
  return cadence.after(Date.parse(from), most).map((ms) => {
    const odd = cadence.oddityOf(ms);
    return `${localTime(ms, zone)} = ${new Date(ms).toISOString().slice(0, 16)}Z${odd ? ` ${odd}` : ""}`;
  });
}

function refusal(cron: string, zone = "UTC"): string {
  try {
    readCron(cron, zone);
  } catch (error) {
    if (error instanceof CronError) return error.message;
    throw error;
  }
  throw new Error(`${cron} in ${zone} was not refused.`);
}

test("a time that does not exist begins when the clocks have gone forward, and only once", () => {
  expect(next("30 2 * * *", "Europe/Berlin", "2027-03-27T12:00Z")).toEqual([
    "Sun 28 Mar 2027, 03:00 = 2027-03-28T01:00Z moved",
    "Mon 29 Mar 2027, 02:30 = 2027-03-29T00:30Z",
    "Tue 30 Mar 2027, 02:30 = 2027-03-30T00:30Z",
  ]);
  expect(next("30 2 * * *", "America/New_York", "2027-03-13T12:00Z", 2)).toEqual([
    "Sun 14 Mar 2027, 03:00 = 2027-03-14T07:00Z moved",
    "Mon 15 Mar 2027, 02:30 = 2027-03-15T06:30Z",
  ]);
  // Two times in the gap are one time after it.
  expect(next("0,30 2 * * *", "Europe/Berlin", "2027-03-27T12:00Z", 2)).toEqual([
    "Sun 28 Mar 2027, 03:00 = 2027-03-28T01:00Z moved",
    "Mon 29 Mar 2027, 02:00 = 2027-03-29T00:00Z",
  ]);
});

test("a time that exists twice begins at the first of the two", () => {
  expect(next("30 2 * * *", "Europe/Berlin", "2027-10-30T12:00Z", 2)).toEqual([
    "Sun 31 Oct 2027, 02:30 = 2027-10-31T00:30Z first_of_two",
    "Mon 1 Nov 2027, 02:30 = 2027-11-01T01:30Z",
  ]);
  expect(next("30 1 * * *", "America/New_York", "2027-11-06T12:00Z", 2)).toEqual([
    "Sun 7 Nov 2027, 01:30 = 2027-11-07T05:30Z first_of_two",
    "Mon 8 Nov 2027, 01:30 = 2027-11-08T06:30Z",
  ]);
  expect(next("0 1,2,3 * * *", "Europe/Berlin", "2027-10-30T22:30Z", 4)).toEqual([
    "Sun 31 Oct 2027, 01:00 = 2027-10-30T23:00Z",
    "Sun 31 Oct 2027, 02:00 = 2027-10-31T00:00Z first_of_two",
    "Sun 31 Oct 2027, 03:00 = 2027-10-31T02:00Z",
    "Mon 1 Nov 2027, 01:00 = 2027-11-01T00:00Z",
  ]);
});

test("an hour with a star counts real hours in both directions", () => {
  expect(next("30 * * * *", "Europe/Berlin", "2027-03-28T00:00Z", 3)).toEqual([
    "Sun 28 Mar 2027, 01:30 = 2027-03-28T00:30Z",
    "Sun 28 Mar 2027, 03:30 = 2027-03-28T01:30Z",
    "Sun 28 Mar 2027, 04:30 = 2027-03-28T02:30Z",
  ]);
  expect(next("30 * * * *", "America/New_York", "2027-11-07T04:45Z", 3)).toEqual([
    "Sun 7 Nov 2027, 01:30 = 2027-11-07T05:30Z each_of_two",
    "Sun 7 Nov 2027, 01:30 = 2027-11-07T06:30Z each_of_two",
    "Sun 7 Nov 2027, 02:30 = 2027-11-07T07:30Z",
  ]);
});

test("odd times of a year are found before they come", () => {
  const odd = (cron: string, zone: string) =>
    readCron(cron, zone)
      .oddTimes(Date.parse("2027-01-01T00:00Z"), Date.parse("2028-01-01T00:00Z"))
      .map((ms) => localTime(ms, zone));
  expect(odd("30 2 * * *", "Europe/Berlin")).toEqual(["Sun 28 Mar 2027, 03:00", "Sun 31 Oct 2027, 02:30"]);
  expect(odd("30 1 * * *", "America/New_York")).toEqual(["Sun 7 Nov 2027, 01:30"]);
  expect(odd("0 9 * * 1-5", "Europe/Berlin")).toEqual([]);
  expect(odd("30 2 * * *", "UTC")).toEqual([]);
});

test("a leap day, the last day of a month, and months without a 31st", () => {
  expect(next("0 0 29 2 *", "UTC", "2027-01-01T00:00Z", 2)).toEqual([
    "Tue 29 Feb 2028, 00:00 = 2028-02-29T00:00Z",
    "Sun 29 Feb 2032, 00:00 = 2032-02-29T00:00Z",
  ]);
  expect(next("0 0 L * *", "UTC", "2028-01-31T12:00Z", 3)).toEqual([
    "Tue 29 Feb 2028, 00:00 = 2028-02-29T00:00Z",
    "Fri 31 Mar 2028, 00:00 = 2028-03-31T00:00Z",
    "Sun 30 Apr 2028, 00:00 = 2028-04-30T00:00Z",
  ]);
  expect(next("0 0 31 * *", "UTC", "2027-01-31T12:00Z", 2)).toEqual([
    "Wed 31 Mar 2027, 00:00 = 2027-03-31T00:00Z",
    "Mon 31 May 2027, 00:00 = 2027-05-31T00:00Z",
  ]);
});

test("the time itself is not after itself, and is the latest until the next", () => {
  const nine = Date.parse("2027-01-04T09:00Z");
  const cadence = readCron("0 9 * * *", "UTC");
  expect(cadence.after(nine, 1)).toEqual([nine + 86_400_000]);
  expect(cadence.after(nine - 1, 1)).toEqual([nine]);
  expect([cadence.latest(nine), cadence.latest(nine + 5_000), cadence.latest(nine - 1)]).toEqual([
    nine,
    nine,
    nine - 86_400_000,
  ]);
  const berlin = readCron("30 2 * * *", "Europe/Berlin");
  expect(berlin.latest(Date.parse("2027-03-28T09:00Z"))).toBe(Date.parse("2027-03-28T01:00Z"));
  expect(berlin.latest(Date.parse("2027-10-31T09:00Z"))).toBe(Date.parse("2027-10-31T00:30Z"));
});

test("what cannot be used is refused in one sentence that names the part", () => {
  expect(refusal(" ")).toBe(
    "The cron expression is empty: write five parts, such as `0 9 * * 1-5` for 09:00 on weekdays.",
  );
  expect(refusal("* * * *")).toMatch(/^“\* \* \* \*” has 4 parts, and a cron expression has five: minute, hour,/);
  expect(refusal("0 0 9 * * *")).toMatch(/has 6 parts/);
  expect(refusal("2030-01-01T00:00:00")).toMatch(/has 1 part,/);
  expect(refusal("61 * * * *")).toMatch(/^The minute “61” is not valid: use 0 to 59,/);
  expect(refusal("0 24 * * *")).toMatch(/^The hour “24” is not valid/);
  expect(refusal("0 0 32 * *")).toMatch(/^The day of the month “32” is not valid/);
  expect(refusal("0 0 1 FOO *")).toMatch(/^The month “FOO” is not valid/);
  expect(refusal("0 0 * * 8")).toMatch(/^The day of the week “8” is not valid/);
  expect(refusal("? 9 * * *")).toMatch(/^The minute “\?” is not valid/);
  expect(refusal("@reboot")).toMatch(/^There is no “@reboot”: use @hourly,/);
  expect(refusal("0 0 30 2 *")).toBe("No day fits “0 0 30 2 *”: check the day of the month and the month.");
  expect(refusal("0 9 * * *", "Mars/Base")).toBe(
    "There is no time zone “Mars/Base”: give a name such as Europe/Berlin or UTC.",
  );
  expect(refusal("0 9 * * *", "+01:00")).toMatch(/^There is no time zone “\+01:00”/);
  expect(refusal("0 9 * * *", "")).toMatch(/^There is no time zone “”/);
});

test("an expression is said in English", () => {
  expect(readCron("0 9 * * 1-5", "UTC").words).toBe("At 09:00, Monday through Friday");
  expect(readCron("*/15 9-17 * * *", "UTC").words).toBe("Every 15 minutes, between 09:00 and 17:59");
  expect(readCron("@daily", "UTC").words).toBe("At 00:00");
});

test.each([
  [":/etc/localtime", "UTC"],
  ["", "UTC"],
  ["Europe/Berlin", "Europe/Berlin"],
])("with TZ=%s the zone of this process is one that a schedule takes", (setting, zone) => {
  const { TZ } = process.env;
  onTestFinished(() => {
    if (TZ === undefined) delete process.env.TZ;
    else process.env.TZ = TZ;
  });
  process.env.TZ = setting;
  expect(ownZone()).toBe(zone);
  expect(readCron("0 9 * * *", ownZone()).after(0, 1)).toHaveLength(1);
});
