import assert from "node:assert/strict";
import { test } from "node:test";
import { OPEN, Timeline } from "./timeline.js";

const CALL = "call-1";

function event(revision, type, atMillis, previousSpeaker, speaker, more = {}) {
  const of = { call: CALL, channel: 0, untilMillis: null };
  return { ...of, revision, type, atMillis, previousSpeaker, speaker, ...more };
}

function after(...events) {
  const timeline = new Timeline(CALL);
  events.forEach((each) => timeline.apply(each));
  return timeline;
}

const shown = (timeline, channel = 0) =>
  timeline
    .intervals(channel)
    .map(({ from, speaker }) => `${from} ${speaker}`)
    .join(", ");

test("should replace what was said of the channel from the event's time on when it changed", () => {
  const timeline = after(
    event(1, "CHANGED", 600, null, "S1"),
    event(2, "CHANGED", 9000, "S1", "S2"),
    event(3, "CHANGED", 6800, "S1", "S3"),
  );
  assert.equal(shown(timeline), "0 null, 600 S1, 6800 S3");
  assert.equal(timeline.intervals(0).at(-1).until, OPEN);
});

test("should give another speaker inside the interval alone what was the one's when reassigned", () => {
  const timeline = after(
    event(1, "CHANGED", 0, null, "S1"),
    event(2, "CHANGED", 5000, "S1", null),
    event(3, "REASSIGNED", 3000, null, "S2", { untilMillis: 8000 }),
    event(4, "REASSIGNED", 1000, "S1", "S3", { untilMillis: 2000 }),
  );
  assert.equal(shown(timeline), "0 S1, 1000 S3, 2000 S1, 5000 S2, 8000 null");
});

test("should make one of two on every channel when merged", () => {
  const timeline = after(
    event(1, "CHANGED", 0, null, "S1"),
    event(2, "CHANGED", 5000, "S1", "S2"),
    event(3, "CHANGED", 2000, null, "S2", { channel: 1 }),
    event(4, "MERGED", 0, "S2", "S1"),
  );
  assert.equal(shown(timeline), "0 S1");
  assert.equal(shown(timeline, 1), "0 null, 2000 S1");
});

test("should change no label when confirmed, retired or of a type it does not know", () => {
  const timeline = after(
    event(1, "CHANGED", 600, null, "S1"),
    event(2, "CONFIRMED", 0, null, "S1"),
    event(3, "RETIRED", 0, null, "S2"),
    event(4, "OTHER", 0, "S1", "S2"),
  );
  assert.equal(shown(timeline), "0 null, 600 S1");
  assert.equal(timeline.revision, 4);
});

test("should change nothing when an event comes again", () => {
  const events = [
    event(1, "CHANGED", 600, null, "S1"),
    event(2, "CHANGED", 6800, "S1", "S2"),
  ];
  const timeline = after(...events);
  assert.equal(timeline.apply(events[0]), false);
  assert.equal(timeline.apply(events[1]), false);
  assert.equal(shown(timeline), "0 null, 600 S1, 6800 S2");
});

test("should refuse to go on when an event is missing", () => {
  const timeline = after(event(1, "CHANGED", 600, null, "S1"));
  assert.throws(() => timeline.apply(event(3, "CHANGED", 9000, "S1", "S2")), RangeError);
  assert.equal(shown(timeline), "0 null, 600 S1");
});

test("should begin behind what is lost when told so", () => {
  const timeline = new Timeline(CALL, 4);
  assert.equal(timeline.apply(event(5, "CHANGED", 9000, "S1", "S2")), true);
  assert.equal(shown(timeline), "0 null, 9000 S2");
});
