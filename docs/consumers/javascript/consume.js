// Prints every speaker change and every speaker embedding as one line, from the beginning of the
// topics on, until Ctrl-C.

import kafkajs from "kafkajs";
import schemaRegistry from "@kafkajs/confluent-schema-registry";

const { Kafka, logLevel } = kafkajs;
const { SchemaRegistry } = schemaRegistry;

const CHANGES = process.env.SPEAKER_CHANGES ?? "speaker-changes";
const EMBEDDINGS = process.env.SPEAKER_EMBEDDINGS ?? "speaker-embeddings";

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
const consumer = kafka.consumer({
  groupId: process.env.GROUP_ID ?? "turnwise-consumer-example",
  readUncommitted: false,
});

const seconds = (millis) => `${(Number(millis) / 1000).toFixed(2)} s`;

function describeChange(change) {
  return [
    `call ${change.call}`,
    `channel ${change.channel}`,
    `#${change.revision}`,
    `at ${seconds(change.atMillis)}`,
    `${change.previousSpeaker ?? "-"} -> ${change.speaker ?? "nobody to be named"}`,
    change.decision,
    `score ${change.score.toFixed(2)}`,
    `margin ${change.margin.toFixed(2)}`,
  ].join("  ");
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
  await consumer.run({ eachMessage: printRecord });
} catch (failure) {
  console.error(`Cannot read ${CHANGES} and ${EMBEDDINGS}: ${failure.message}`);
  process.exitCode = 1;
  await consumer.disconnect();
}
