package io.turnwise.app.upgrade;

import io.turnwise.app.broker.EmbeddedBroker;
import io.turnwise.app.broker.Topics;
import io.turnwise.app.tracking.FaultBudget;
import io.turnwise.app.tracking.Tracking;
import io.turnwise.app.tracking.TrackingApplication;
import io.turnwise.app.upgrade.SavedState.Entry;
import io.turnwise.app.upgrade.SavedState.Message;
import io.turnwise.inference.calibration.Calibration;
import io.turnwise.inference.model.ModelCatalog;
import io.turnwise.inference.model.VoiceSpace;
import io.turnwise.serdes.AvroSerdes;
import io.turnwise.serdes.Contract;
import io.turnwise.topology.TurnwiseSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Bytes;

/**
 * A real broker with topics of one partition, and the application of this build on it, one instance
 * after the other. Instances have nothing but the cluster's topics.
 */
final class Stage implements AutoCloseable {
  static final String APPLICATION = "turnwise-saved";
  static final String FINGERPRINT = "a".repeat(64);
  static final int DIMENSION = 40;

  /** The records' times are long past. */
  private static final Duration FOR_EVER = Duration.ofDays(36_500);

  private static final Duration PATIENCE = Duration.ofSeconds(300);
  private static final String SUFFIX = "-changelog";

  private final Path folder;
  private final Map<String, String> saved;
  private final Map<String, String> properties;
  private final TurnwiseSettings settings;
  private final EmbeddedBroker broker;
  private final Admin admin;
  private int instances;
  private long sent;

  Stage(Path folder, Map<String, String> saved, byte[] model)
      throws IOException, ExecutionException, InterruptedException {
    this.folder = folder;
    this.saved = saved;
    Files.createDirectories(folder);
    Path onnx = Files.write(folder.resolve("tiny.onnx"), model);
    broker = EmbeddedBroker.start(folder.resolve("broker"));
    properties = new HashMap<>(saved);
    properties.remove("from");
    properties.put("application.id", APPLICATION);
    properties.put("bootstrap.servers", broker.bootstrapServers());
    properties.put("schema.registry.url", "mock://" + UUID.randomUUID());
    properties.put("num.stream.threads", "1");
    properties.put("commit.interval.ms", "500");
    properties.put(TurnwiseSettings.MODEL, onnx.toString());
    settings = TurnwiseSettings.of(properties);
    admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    new Topics(settings, 1, Optional.empty(), FOR_EVER, true).createMissing(admin);
  }

  /** Writes changelogs as they were, and marks so many records of the input as read. */
  void restore(SortedMap<String, List<Entry>> changelogs, int read)
      throws ExecutionException, InterruptedException {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (Map.Entry<String, List<Entry>> changelog : changelogs.entrySet()) {
        String topic = APPLICATION + "-" + changelog.getKey() + SUFFIX;
        admin
            .createTopics(
                List.of(
                    new NewTopic(topic, 1, (short) 1).configs(Map.of("cleanup.policy", "compact"))))
            .all()
            .get();
        changelog
            .getValue()
            .forEach(
                entry -> producer.send(new ProducerRecord<>(topic, entry.key(), entry.value())));
      }
      producer.flush();
      // Keys of stored audio are offsets of the input: what follows must come at the same ones.
      for (int i = 0; i < read; i++) {
        producer.send(new ProducerRecord<>(input(), null, null));
      }
    }
    sent = read;
    admin
        .alterConsumerGroupOffsets(
            APPLICATION, Map.of(new TopicPartition(input(), 0), new OffsetAndMetadata(read)))
        .all()
        .get();
  }

  void send(List<Message> messages) {
    Contract contract = Contract.valueOf(saved.get("from"));
    try (Serde<SpecificRecord> serde = serde(contract);
        KafkaProducer<String, SpecificRecord> producer =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new StringSerializer(),
                serde.serializer())) {
      messages.forEach(
          message ->
              producer.send(
                  new ProducerRecord<>(
                      input(), 0, message.timestamp(), message.key(), message.value())));
    }
    sent += messages.size();
  }

  /** Runs an instance until all that was sent is read, and stops it. */
  void run() throws IOException, ExecutionException, InterruptedException {
    Map<String, String> own = new HashMap<>(properties);
    own.put("state.dir", folder.resolve("state-" + ++instances).toString());
    try (TrackingApplication application = application();
        Tracking tracking = application.start(own, FaultBudget.none())) {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (committed() < sent) {
        if (tracking.failure().isPresent()) {
          throw new AssertionError("the application failed", tracking.failure().get());
        }
        if (System.nanoTime() > deadline) {
          throw new AssertionError("read " + committed() + " of " + sent + " in " + PATIENCE);
        }
        LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
      }
    }
  }

  /** Runs an instance until it ends by itself, and tells why. */
  Throwable runUntilItFails() throws IOException, InterruptedException {
    Map<String, String> own = new HashMap<>(properties);
    own.put("state.dir", folder.resolve("state-" + ++instances).toString());
    try (TrackingApplication application = application();
        Tracking tracking = application.start(own, new FaultBudget(10, Duration.ofMinutes(10)))) {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (tracking.failure().isEmpty()) {
        if (System.nanoTime() > deadline) {
          throw new AssertionError("did not fail within " + PATIENCE);
        }
        LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
      }
      return tracking.failure().get();
    }
  }

  private TrackingApplication application() {
    return Contract.valueOf(saved.get("from")) == Contract.AUDIO_CHUNKS
        ? TrackingApplication.open(
            settings, ModelCatalog.of(folder).find(properties.get(TurnwiseSettings.MODEL)))
        : TrackingApplication.fromEmbeddings(
            settings,
            Map.of(FINGERPRINT, new VoiceSpace(FINGERPRINT, DIMENSION, 0.5f, Calibration.none())));
  }

  /** What is committed on a public topic. */
  List<Message> published(Contract contract) throws ExecutionException, InterruptedException {
    try (Serde<SpecificRecord> serde = serde(contract)) {
      return records(topic(contract)).stream()
          .map(
              record ->
                  new Message(
                      new StringDeserializer().deserialize("", record.key()),
                      record.timestamp(),
                      serde.deserializer().deserialize(record.topic(), record.value())))
          .toList();
    }
  }

  /** Latest values by key of each changelog, in the order of their keys. */
  SortedMap<String, List<Entry>> changelogs() throws ExecutionException, InterruptedException {
    SortedMap<String, List<Entry>> changelogs = new TreeMap<>();
    for (String topic : admin.listTopics().names().get()) {
      if (topic.startsWith(APPLICATION) && topic.endsWith(SUFFIX)) {
        TreeMap<Bytes, byte[]> latest = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records(topic)) {
          if (record.value() == null) {
            latest.remove(Bytes.wrap(record.key()));
          } else {
            latest.put(Bytes.wrap(record.key()), record.value());
          }
        }
        List<Entry> entries = new ArrayList<>();
        latest.forEach((key, value) -> entries.add(new Entry(key.get(), value)));
        changelogs.put(
            topic.substring(APPLICATION.length() + 1, topic.length() - SUFFIX.length()), entries);
      }
    }
    return changelogs;
  }

  long committed() throws ExecutionException, InterruptedException {
    OffsetAndMetadata committed =
        admin
            .listConsumerGroupOffsets(APPLICATION)
            .partitionsToOffsetAndMetadata()
            .get()
            .get(new TopicPartition(input(), 0));
    return committed == null ? 0 : committed.offset();
  }

  private List<ConsumerRecord<byte[], byte[]>> records(String topic)
      throws ExecutionException, InterruptedException {
    TopicPartition partition = new TopicPartition(topic, 0);
    long end =
        admin
            .listOffsets(Map.of(partition, OffsetSpec.latest()))
            .partitionResult(partition)
            .get()
            .offset();
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    Map<String, Object> consumers =
        Map.of(
            "bootstrap.servers",
            broker.bootstrapServers(),
            "isolation.level",
            "read_committed",
            "auto.offset.reset",
            "earliest");
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(consumers, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (consumer.position(partition) < end) {
        if (System.nanoTime() > deadline) {
          throw new AssertionError("not readable within " + PATIENCE + ": " + topic);
        }
        consumer.poll(Duration.ofMillis(200)).forEach(records::add);
      }
    }
    return records;
  }

  private String input() {
    return topic(Contract.valueOf(saved.get("from")));
  }

  private String topic(Contract contract) {
    return contract.topic();
  }

  @SuppressWarnings("unchecked")
  private Serde<SpecificRecord> serde(Contract contract) {
    return AvroSerdes.forValue((Class<SpecificRecord>) contract.type(), properties);
  }

  @Override
  public void close() {
    admin.close();
    broker.close();
  }
}
