package io.turnwise.topology;

import io.turnwise.avro.AudioChunk;
import io.turnwise.avro.DeadLetter;
import io.turnwise.avro.Encoding;
import io.turnwise.avro.EnrolledVoice;
import io.turnwise.avro.Role;
import io.turnwise.avro.SpeakerChange;
import io.turnwise.avro.SpeakerEmbedding;
import io.turnwise.inference.audio.WavFile;
import io.turnwise.inference.model.Model;
import io.turnwise.inference.model.ModelCatalog;
import io.turnwise.inference.model.SpeakerEmbedder;
import io.turnwise.inference.speech.SpeechGate;
import io.turnwise.inference.speech.SpeechGates;
import io.turnwise.serdes.AvroSerdes;
import io.turnwise.testing.Shared;
import io.turnwise.topology.segment.Segment;
import io.turnwise.topology.shed.Lateness;
import io.turnwise.topology.silence.InputProgress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;

/** The production topology under a TopologyTestDriver, with the model and the call that ship. */
final class Driven implements AutoCloseable {
  static final Instant CAPTURED = Instant.parse("2026-01-01T00:00:00Z");
  static final String APPLICATION = "turnwise-driven";

  private final Map<String, Object> registry =
      Map.of("schema.registry.url", "mock://" + UUID.randomUUID());
  private final SpeakerEmbedder embedder;
  private final SpeechGate.Factory gates = SpeechGates.named(SpeechGates.ENERGY);
  private final String described;
  final TopologyTestDriver driver;
  final TestInputTopic<String, AudioChunk> audio;
  final TestInputTopic<String, byte[]> rawAudio;
  final TestInputTopic<String, EnrolledVoice> voices;
  final TestOutputTopic<String, SpeakerEmbedding> embeddings;
  final TestOutputTopic<String, SpeakerChange> changes;
  final TestOutputTopic<String, DeadLetter> deadLetters;
  final List<Segment> segments = new ArrayList<>();

  private static final Duration STEP = Duration.ofMillis(250);

  private Driven(
      Model model,
      Map<String, String> settings,
      Lateness lateness,
      Optional<InputProgress> progress) {
    embedder =
        SpeakerEmbedder.open(model, Segment.SAMPLES, TurnwiseSettings.of(settings).provider());
    Map<String, String> user = new HashMap<>(settings);
    user.put("bootstrap.servers", "localhost:1");
    user.put("application.id", APPLICATION);
    // Under exactly-once the test driver loses what the deserialization handler sends: it clears
    // its producer before it commits. Real brokers are tested in the application's module.
    user.put("processing.guarantee", "at_least_once");
    registry.forEach((key, value) -> user.put(key, value.toString()));
    Properties properties = StreamsDefaults.over(user);
    progress.ifPresent(some -> properties.put(InputProgress.CONFIG, some));
    Topology topology =
        TurnwiseTopology.build(
            TurnwiseSettings.of(settings),
            embedder,
            gates,
            registry,
            (call, cut) -> segments.add(cut.segment()),
            lateness);
    described = topology.describe().toString();
    driver = new TopologyTestDriver(topology, properties, CAPTURED);
    audio = input("audio-chunks", AudioChunk.class);
    rawAudio =
        driver.createInputTopic("audio-chunks", new StringSerializer(), new ByteArraySerializer());
    voices = input("speaker-registry", EnrolledVoice.class);
    embeddings = output("speaker-embeddings", SpeakerEmbedding.class);
    changes = output("speaker-changes", SpeakerChange.class);
    deadLetters = output("dead-letters", DeadLetter.class);
  }

  /** Lets time go by, in steps, as it does for an application that runs. */
  void pass(Duration time) {
    for (Duration left = time; !left.isZero() && !left.isNegative(); left = left.minus(STEP)) {
      driver.advanceWallClockTime(left.compareTo(STEP) < 0 ? left : STEP);
    }
  }

  /** Where this one's schemas are. */
  Map<String, Object> registry() {
    return registry;
  }

  String describe() {
    return described;
  }

  static Driven open() {
    return open(Map.of());
  }

  static Driven open(Map<String, String> settings) {
    return open(starter(), settings);
  }

  /** With something that says how late each record is. */
  static Driven open(Map<String, String> settings, Lateness lateness) {
    return new Driven(starter(), settings, lateness, Optional.empty());
  }

  private static Model starter() {
    return new ModelCatalog(List.of(models())).find("turnwise-starter");
  }

  /** One whose consumer says how far it has come. */
  static Driven open(InputProgress progress) {
    return new Driven(starter(), Map.of(), Lateness.none(), Optional.of(progress));
  }

  static Driven open(Model model, Map<String, String> settings) {
    return new Driven(model, settings, Lateness.none(), Optional.empty());
  }

  static Path models() {
    return Shared.projectRoot().resolve("models");
  }

  static WavFile sampleCall() {
    return WavFile.read(Shared.projectRoot().resolve("samples").resolve("sample-call.wav"));
  }

  /** The sample call as 20 ms chunks. */
  static List<AudioChunk> sampleChunks(String call) {
    WavFile wav = sampleCall();
    byte[] data = wav.channel(0);
    int step = wav.sampleRate() / 50;
    List<AudioChunk> chunks = new ArrayList<>();
    for (int at = 0; at < data.length; at += step) {
      int end = Math.min(data.length, at + step);
      chunks.add(
          chunk(call, at)
              .setSequence(at / step)
              .setPayload(ByteBuffer.wrap(Arrays.copyOfRange(data, at, end)))
              .setLast(end == data.length)
              .build());
    }
    return chunks;
  }

  /** A chunk of 20 ms of quiet mu-law, to be changed. */
  static AudioChunk.Builder chunk(String call, long position) {
    byte[] quiet = new byte[160];
    Arrays.fill(quiet, (byte) 0xff);
    return AudioChunk.newBuilder()
        .setCallId(call)
        .setChannel(0)
        .setRole(Role.UNKNOWN)
        .setSequence(position / 160)
        .setPosition(position)
        .setCapturedAt(CAPTURED.plusMillis(position / 8))
        .setEncoding(Encoding.MULAW)
        .setSampleRate(8_000)
        .setPayload(ByteBuffer.wrap(quiet))
        .setLast(false)
        .setAttributes(Map.of());
  }

  Driven play(List<AudioChunk> chunks) {
    chunks.forEach(chunk -> audio.pipeInput(chunk.getCallId(), chunk));
    return this;
  }

  /** Everything that was published, as bytes. */
  List<byte[]> published(String topic) {
    TestOutputTopic<byte[], byte[]> raw =
        driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    return raw.readRecordsToList().stream().map(TestRecord::value).toList();
  }

  double counter(String stage, String name) {
    return driver.metrics().entrySet().stream()
        .filter(
            metric ->
                metric.getKey().group().equals(StageMetrics.GROUP)
                    && metric.getKey().name().equals(name)
                    && metric.getKey().tags().get("stage").equals(stage))
        .mapToDouble(metric -> ((Number) metric.getValue().metricValue()).doubleValue())
        .sum();
  }

  /** Some tags of a metric of one task. */
  Map<String, String> tags(String stage, String name, Set<String> keys) {
    Map<String, String> tags =
        driver.metrics().keySet().stream()
            .filter(metric -> metric.group().equals(StageMetrics.GROUP))
            .filter(metric -> metric.name().equals(name))
            .filter(metric -> metric.tags().get("stage").equals(stage))
            .findFirst()
            .orElseThrow()
            .tags();
    Map<String, String> chosen = new HashMap<>(tags);
    chosen.keySet().retainAll(keys);
    return chosen;
  }

  <T extends SpecificRecord> byte[] serialize(Class<T> type, String topic, T value) {
    return AvroSerdes.forValue(type, registry).serializer().serialize(topic, value);
  }

  /** What was published, read. */
  <T extends SpecificRecord> List<T> read(Class<T> type, List<byte[]> published) {
    try (Serde<T> serde = AvroSerdes.forValue(type, registry)) {
      return published.stream().map(bytes -> serde.deserializer().deserialize("", bytes)).toList();
    }
  }

  private <T extends SpecificRecord> TestInputTopic<String, T> input(String topic, Class<T> type) {
    return driver.createInputTopic(
        topic, new StringSerializer(), AvroSerdes.forValue(type, registry).serializer());
  }

  private <T extends SpecificRecord> TestOutputTopic<String, T> output(
      String topic, Class<T> type) {
    return driver.createOutputTopic(
        topic, new StringDeserializer(), AvroSerdes.forValue(type, registry).deserializer());
  }

  @Override
  public void close() {
    driver.close();
    gates.close();
    embedder.close();
  }
}
