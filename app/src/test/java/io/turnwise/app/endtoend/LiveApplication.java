package io.turnwise.app.endtoend;

import io.turnwise.app.broker.Topics;
import io.turnwise.avro.AudioChunk;
import io.turnwise.avro.EnrolledVoice;
import io.turnwise.inference.model.Model;
import io.turnwise.inference.model.SpeakerEmbedder;
import io.turnwise.inference.speech.SpeechGate;
import io.turnwise.inference.speech.SpeechGates;
import io.turnwise.serdes.AvroSerdes;
import io.turnwise.topology.StreamsDefaults;
import io.turnwise.topology.TurnwiseSettings;
import io.turnwise.topology.TurnwiseTopology;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;

/** The production topology as a Kafka Streams client on a backbone, with a producer beside it. */
final class LiveApplication implements AutoCloseable {
  static final String APPLICATION = "turnwise-endtoend";

  private static final Duration PATIENCE = Duration.ofSeconds(180);
  private static final int PARTITIONS = 2;
  private static final int SEGMENT_SAMPLES = 24_000;

  private final Map<String, String> user;
  private final Path state;
  private final TurnwiseSettings settings;
  private final SpeakerEmbedder embedder;
  private final SpeechGate.Factory gates;
  private final Admin admin;
  private final KafkaProducer<String, byte[]> producer;
  private final Serde<AudioChunk> chunkSerde;
  private final Serde<EnrolledVoice> voiceSerde;
  private KafkaStreams streams;
  private final CommittedRecords records;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private int instances;

  LiveApplication(Backbone backbone, Model model, Path state)
      throws ExecutionException, InterruptedException {
    this.state = state;
    user =
        Map.of(
            "application.id",
            APPLICATION,
            "bootstrap.servers",
            backbone.bootstrapServers(),
            "schema.registry.url",
            backbone.registryUrl(),
            "num.stream.threads",
            "2");
    settings = TurnwiseSettings.of(user);
    admin = Admin.create(Map.of("bootstrap.servers", backbone.bootstrapServers()));
    records = new CommittedRecords(admin, backbone.bootstrapServers());
    Topics.of(settings, PARTITIONS).createMissing(admin);
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", backbone.bootstrapServers(), "linger.ms", 20),
            new StringSerializer(),
            new ByteArraySerializer());
    chunkSerde = AvroSerdes.forValue(AudioChunk.class, user);
    voiceSerde = AvroSerdes.forValue(EnrolledVoice.class, user);
    embedder = SpeakerEmbedder.open(model, SEGMENT_SAMPLES);
    gates = SpeechGates.named(settings.gate());
    start();
  }

  private void start() {
    Map<String, String> withState = new HashMap<>(user);
    withState.put("state.dir", state.resolve("instance-" + ++instances).toString());
    streams =
        new KafkaStreams(
            TurnwiseTopology.build(settings, embedder, gates, user),
            StreamsDefaults.over(withState));
    streams.setUncaughtExceptionHandler(
        exception -> {
          failure.compareAndSet(null, exception);
          return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
    streams.start();
    await("RUNNING", () -> streams.state() == KafkaStreams.State.RUNNING);
  }

  private void stop() {
    streams.close(
        CloseOptions.timeout(Duration.ofSeconds(30))
            .withGroupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP));
  }

  /** Stops the Streams client and starts another, which has nothing but the cluster's topics. */
  void restart() {
    stop();
    start();
  }

  TurnwiseSettings settings() {
    return settings;
  }

  /** What is committed on topics. */
  CommittedRecords records() {
    return records;
  }

  byte[] bytesOf(AudioChunk chunk) {
    return chunkSerde.serializer().serialize(settings.audioChunks(), chunk);
  }

  /** Sends to the audio topic without waiting. */
  Future<RecordMetadata> send(String key, byte[] value) {
    return producer.send(new ProducerRecord<>(settings.audioChunks(), key, value));
  }

  /** Sends a record without a timestamp, which Kafka's own producer does for nobody. */
  Future<RecordMetadata> sendWithoutTime(String key, byte[] value) {
    return producer.send(
        new ProducerRecord<>(settings.audioChunks(), key, value) {
          @Override
          public Long timestamp() {
            return ConsumerRecord.NO_TIMESTAMP;
          }
        });
  }

  /** Plays calls side by side, one chunk of each in turn, and waits until all is processed. */
  void play(List<List<AudioChunk>> calls) throws ExecutionException, InterruptedException {
    int longest = calls.stream().mapToInt(List::size).max().orElse(0);
    for (int i = 0; i < longest; i++) {
      for (List<AudioChunk> call : calls) {
        if (i < call.size()) {
          AudioChunk chunk = call.get(i);
          send(chunk.getCallId(), bytesOf(chunk));
        }
      }
    }
    awaitProcessed();
  }

  /** Waits until every record of the audio topic is processed and its results are committed. */
  void awaitProcessed() throws ExecutionException, InterruptedException {
    producer.flush();
    Map<TopicPartition, Long> ends = records.ends(Set.of(settings.audioChunks()));
    await(
        "processed",
        () -> {
          Map<TopicPartition, Long> done = committed();
          return ends.entrySet().stream()
              .allMatch(
                  end ->
                      end.getValue() == 0 || done.getOrDefault(end.getKey(), 0L) >= end.getValue());
        });
  }

  /** Enrols a voice and waits until the application knows it. */
  void enrol(EnrolledVoice voice) throws ExecutionException, InterruptedException {
    String topic = settings.speakerRegistry();
    double before = takenFromRegistry();
    byte[] value = voiceSerde.serializer().serialize(topic, voice);
    producer.send(new ProducerRecord<>(topic, voice.getSpeakerId(), value)).get();
    await("enrolled voice", () -> takenFromRegistry() >= before + 1);
    // The store's thread fetches again only after it has stored what it fetched before.
    producer.send(new ProducerRecord<>(topic, "nobody", null)).get();
    await("record after the enrolled voice", () -> takenFromRegistry() >= before + 2);
  }

  /** Bytes of key and value of every record on the changelog topics, by topic. */
  Map<String, Long> changelogBytes() throws ExecutionException, InterruptedException {
    List<String> changelogs =
        admin.listTopics().names().get().stream()
            .filter(topic -> topic.startsWith(APPLICATION) && topic.endsWith("-changelog"))
            .toList();
    if (changelogs.isEmpty()) {
      return Map.of();
    }
    return records.of(changelogs, new ByteArrayDeserializer()).stream()
        .collect(
            Collectors.groupingBy(
                record ->
                    record
                        .topic()
                        .substring(
                            APPLICATION.length() + 1,
                            record.topic().length() - "-changelog".length()),
                Collectors.summingLong(
                    record ->
                        Math.max(0, record.serializedKeySize())
                            + Math.max(0, record.serializedValueSize()))));
  }

  private Map<TopicPartition, Long> committed() {
    try {
      Map<TopicPartition, Long> offsets = new HashMap<>();
      for (Map.Entry<TopicPartition, OffsetAndMetadata> entry :
          admin
              .listConsumerGroupOffsets(APPLICATION)
              .partitionsToOffsetAndMetadata()
              .get()
              .entrySet()) {
        if (entry.getValue() != null) {
          offsets.put(entry.getKey(), entry.getValue().offset());
        }
      }
      return offsets;
    } catch (ExecutionException e) {
      throw new IllegalStateException("the group's offsets cannot be read", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private double takenFromRegistry() {
    return streams.metrics().entrySet().stream()
        .filter(metric -> metric.getKey().name().equals("records-consumed-total"))
        .filter(metric -> settings.speakerRegistry().equals(metric.getKey().tags().get("topic")))
        .filter(metric -> metric.getKey().tags().get("client-id").endsWith("global-consumer"))
        .mapToDouble(metric -> ((Number) metric.getValue().metricValue()).doubleValue())
        .sum();
  }

  private void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (failure.get() != null) {
        throw new AssertionError("the application failed", failure.get());
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not " + what + " within " + PATIENCE);
      }
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
  }

  @Override
  public void close() throws IOException {
    stop();
    embedder.close();
    gates.close();
    producer.close();
    admin.close();
    chunkSerde.close();
    voiceSerde.close();
  }
}
