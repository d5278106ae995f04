// Enrols a voice, erases one, or closes the log segment of an earlier erasure:
//
//   turnwise embed ... | node enrol.js SPEAKER_ID MODEL_FILE    one embedding a line
//   node enrol.js --erase SPEAKER_ID
//   node enrol.js --heartbeat

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import kafkajs from "kafkajs";
import schemaRegistry from "@kafkajs/confluent-schema-registry";

const { Kafka, logLevel } = kafkajs;
const { SchemaRegistry, SchemaType } = schemaRegistry;

const TOPIC = process.env.SPEAKER_REGISTRY ?? "speaker-registry";
const SCHEMA = new URL("../../../serdes/src/main/avro/EnrolledVoice.avsc", import.meta.url);

// A key nobody has: its tombstone changes nothing.
const HEARTBEAT = "-";

/** The mean of the unit vectors: loud and quiet stretches count alike. */
function centroid(vectors) {
  const mean = new Array(vectors[0].length).fill(0);
  for (const vector of vectors) {
    const length = Math.hypot(...vector);
    vector.forEach((value, i) => (mean[i] += value / length / vectors.length));
  }
  return mean;
}

async function enrolled(speakerId, modelFile) {
  const stretches = readFileSync(0, "utf8").trim().split("\n").map((line) => JSON.parse(line));
  const [{ model, dim }] = stretches;
  const odd = stretches.find((stretch) => stretch.model !== model || stretch.dim !== dim);
  if (odd) {
    throw new Error(`embeddings of ${model} and of ${odd.model} cannot be mixed`);
  }
  const registry = new SchemaRegistry({
    host: process.env.SCHEMA_REGISTRY_URL ?? "http://localhost:8081",
  });
  const { id } = await registry.register(
    { type: SchemaType.AVRO, schema: readFileSync(SCHEMA, "utf8") },
    { subject: `${TOPIC}-value` },
  );
  return registry.encode(id, {
    speakerId,
    vector: centroid(stretches.map((stretch) => stretch.embedding)),
    model,
    modelFingerprint: createHash("sha256").update(readFileSync(modelFile)).digest("hex"),
    speechMillis: 0,
    enrolledAt: Date.now(),
    attributes: {},
  });
}

async function send(key, value) {
  const kafka = new Kafka({
    clientId: "turnwise-enrol-example",
    brokers: (process.env.BOOTSTRAP_SERVERS ?? "localhost:9092").split(","),
    logLevel: logLevel.ERROR,
  });
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic: TOPIC, acks: -1, messages: [{ key, value }] });
  await producer.disconnect();
}

const [first, second] = process.argv.slice(2);
try {
  if (first === "--heartbeat") {
    await send(HEARTBEAT, null);
  } else if (first === "--erase" && second) {
    await send(second, null);
  } else if (first && !first.startsWith("-") && second) {
    await send(first, await enrolled(first, second));
  } else {
    throw new Error("say SPEAKER_ID MODEL_FILE, --erase SPEAKER_ID, or --heartbeat");
  }
} catch (failure) {
  console.error(`Not done: ${failure.message}`);
  process.exitCode = 1;
}
