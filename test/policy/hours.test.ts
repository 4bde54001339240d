// Hours of the day in a zone, over midnight and over the change to summer time.

import assert from "node:assert/strict";
import { test } from "node:test";

import { isWithinHours, nextHoursBoundary, readHours, type Hours } from "../../src/policy/cells/hours.ts";

const night = readHours("22-06@Europe/Berlin");
const office = readHours("09:30-17:15@America/New_York");
assert.ok(night && office);

const both: readonly Hours[] = [night, office];

const atNight = (time: string) => isWithinHours(night, Date.parse(time));
const atOffice = (time: string) => isWithinHours(office, Date.parse(`2026-07-01T${time}Z`));

test("hours over midnight hold on both sides of it", () => {
  assert.deepEqual(
    ["T20:59", "T21:00", "T23:30"].map((time) => atNight(`2026-01-10${time}:00Z`)),
    [false, true, true],
  );
  assert.deepEqual(
    ["T04:59", "T05:00", "T12:00"].map((time) => atNight(`2026-01-10${time}:00Z`)),
    [true, false, false],
  );
});

test("minutes count, and the end is not part of the hours", () => {
  assert.deepEqual(["13:29:59", "13:30:00", "21:14:59", "21:15:00"].map(atOffice), [
    false,
    true,
    true,
    false,
  ]);
});

test("no answer changes before the boundary that was told, the days of changing clocks included", () => {
  for (const day of ["2026-03-29", "2026-10-25", "2026-03-08", "2026-11-01", "2026-06-15"]) {
    for (const hours of both) {
      const start = Date.parse(`${day}T00:00:00Z`);
      for (let now = start; now < start + 86_400_000;) {
        const boundary: number = nextHoursBoundary(hours, now);
        assert.ok(boundary > now);
        const answer = isWithinHours(hours, now);
        for (let later = now; later < boundary; later += 61_000)
          assert.equal(isWithinHours(hours, later), answer);
        assert.equal(isWithinHours(hours, boundary - 1), answer);
        now = boundary;
      }
    }
  }
});

test("what is no time, no zone or no span cannot be read", () => {
  for (const text of [
    "22-06",
    "22-06@Nowhere",
    "25-06@UTC",
    "22:60-06@UTC",
    "08-08@UTC",
    "8-9@UTC",
    "22-06@UTC extra",
  ]) {
    assert.equal(readHours(text), undefined, text);
  }
});
