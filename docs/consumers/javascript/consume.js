// Prints every event of speaker-changes, under it the best current answer of its call, and every
// speaker embedding, from the beginning of the topics on, until Ctrl-C.

import { randomUUID } from "node:crypto";
import kafkajs from "kafkajs";
import schemaRegistry from "@kafkajs/confluent-schema-registry";
import { OPEN, Timeline } from "./timeline.js";

const { Kafka, logLevel } = kafkajs;
const { SchemaRegistry } = schemaRegistry;

const CHANGES = process.env.SPEAKER_CHANGES ?? "speaker-changes";
const EMBEDDINGS = process.env.SPEAKER_EMBEDDINGS ?? "speaker-embeddings";
const SHOWN_INTERVALS = 6;

const registry = new SchemaRegistry({
  host: process.env.SCHEMA_REGISTRY_URL ?? "http://localhost:8081",
});
const kafka = new Kafka({
  clientId: "turnwise-consumer-example",
  brokers: (process.env.BOOTSTRAP_SERVERS ?? "localhost:9092").split(","),
  logLevel: logLevel.ERROR,
});

// Turnwise writes in transactions: without read_committed, which kafkajs takes unless told
// otherwise, a consumer would see events that were taken back.
//
// The answers are kept in memory, so the next start has to read the calls from their beginnings
// again: no offset is committed. Who keeps them in a database commits both in one transaction, or
// the offset after the answer: an event that comes again is known by its revision.
const consumer = kafka.consumer({
  groupId: process.env.GROUP_ID ?? `turnwise-consumer-example-${randomUUID()}`,
  readUncommitted: false,
});

// A real consumer lets go of a call when it is over.
const timelines = new Map();

const seconds = (millis) => `${(Number(millis) / 1000).toFixed(2)} s`;

const name = (speaker) => speaker ?? "unknown";

function describeChange(change) {
  const until = change.untilMillis == null ? "" : ` to ${seconds(change.untilMillis)}`;
  const ratio = change.logLikelihoodRatio;
  return [
    `call ${change.call}`,
    change.type === "MERGED" ? "all channels" : `channel ${change.channel}`,
    `#${change.revision}`,
    change.type + (change.tentative ? " (tentative)" : ""),
    `at ${seconds(change.atMillis)}${until}`,
    `${change.previousSpeaker ?? "-"} -> ${name(change.speaker)}`,
    change.decision,
    `score ${change.score.toFixed(2)}`,
    `margin ${change.margin.toFixed(2)}`,
    ...(ratio == null ? [] : [`llr ${ratio.toFixed(1)}`]),
  ].join("  ");
}

/** The call's timeline with the event on it; an event that comes again changes nothing. */
function applied(change) {
  let timeline = timelines.get(change.call);
  if (timeline === undefined) {
    // A call's events come in order: where the first is not the first, those before it are gone
    // from the topic, and what they said stays unknown.
    timeline = new Timeline(change.call, change.revision - 1);
    timelines.set(change.call, timeline);
  }
  timeline.apply(change);
  return timeline;
}

function describeAnswer(call, timeline) {
  const channels = timeline.channels.map((channel) => {
    const intervals = timeline.intervals(channel);
    const latest = intervals.slice(-SHOWN_INTERVALS).map(({ from, until, speaker }) => {
      const end = until === OPEN ? "..." : seconds(until);
      return `${seconds(from)} to ${end} ${name(speaker)}`;
    });
    const more = intervals.length > latest.length ? "..., " : "";
    return `channel ${channel}: ${more}${latest.join(", ")}`;
  });
  return [`call ${call}`, `#${timeline.revision}`, ...channels].join("  ");
}

// The vector is a voiceprint: its length is shown, its values are not.
function describeEmbedding(embedding) {
  return [
    `call ${embedding.call}`,
    `channel ${embedding.channel}`,
    `segment ${embedding.segment}`,
    `${seconds(embedding.startMillis)} to ${seconds(embedding.endMillis)}`,
    `speech ${seconds(embedding.speechMillis)}`,
    `${embedding.vector.length} dimensions`,
    `by ${embedding.model}`,
  ].join("  ");
}

async function printRecord({ topic, message }) {
  if (message.value === null) {
    return;
  }
  const record = await registry.decode(message.value);
  if (topic === CHANGES) {
    console.log(`change     ${describeChange(record)}`);
    console.log(`answer     ${describeAnswer(record.call, applied(record))}`);
  } else {
    console.log(`embedding  ${describeEmbedding(record)}`);
  }
}

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => consumer.disconnect());
}

try {
  await consumer.connect();
  await consumer.subscribe({ topics: [CHANGES, EMBEDDINGS], fromBeginning: true });
  await consumer.run({ autoCommit: false, eachMessage: printRecord });
} catch (failure) {
  console.error(`Cannot read ${CHANGES} and ${EMBEDDINGS}: ${failure.message}`);
  process.exitCode = 1;
  await consumer.disconnect();
}
