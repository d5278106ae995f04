package io.turnwise.topology;

import io.turnwise.avro.DeadLetter;
import io.turnwise.avro.EnrolledVoice;
import io.turnwise.avro.SpeakerChange;
import io.turnwise.avro.SpeakerEmbedding;
import io.turnwise.inference.model.ModelCatalog;
import io.turnwise.inference.model.VoiceSpace;
import io.turnwise.serdes.AvroSerdes;
import io.turnwise.topology.silence.InputProgress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;

/** The topology that begins with the embeddings, under a TopologyTestDriver. */
final class DrivenFromEmbeddings implements AutoCloseable {
  private final Map<String, Object> registry;
  private final String described;
  private final Duration idle;
  private final Duration step;
  final TopologyTestDriver driver;
  final TestInputTopic<String, SpeakerEmbedding> embeddings;
  final TestInputTopic<String, EnrolledVoice> voices;
  final TestOutputTopic<String, SpeakerChange> changes;
  final TestOutputTopic<String, DeadLetter> deadLetters;

  private DrivenFromEmbeddings(
      Map<String, String> settings,
      Map<String, VoiceSpace> spaces,
      Map<String, Object> registry,
      Optional<InputProgress> progress) {
    this.registry = registry;
    Map<String, String> user = new HashMap<>(settings);
    user.put("bootstrap.servers", "localhost:1");
    user.put("application.id", Driven.APPLICATION);
    user.put("processing.guarantee", "at_least_once");
    registry.forEach((key, value) -> user.put(key, value.toString()));
    Topology topology =
        TurnwiseTopology.fromEmbeddings(TurnwiseSettings.of(settings), spaces, registry);
    idle = Duration.ofMillis(TurnwiseSettings.of(settings).idleMillis());
    step = Duration.ofMillis(Math.min(250, idle.toMillis() / 4));
    described = topology.describe().toString();
    Properties properties = StreamsDefaults.over(user);
    progress.ifPresent(some -> properties.put(InputProgress.CONFIG, some));
    driver = new TopologyTestDriver(topology, properties, Driven.CAPTURED);
    embeddings =
        driver.createInputTopic(
            "speaker-embeddings", new StringSerializer(), serializer(SpeakerEmbedding.class));
    voices =
        driver.createInputTopic(
            "speaker-registry", new StringSerializer(), serializer(EnrolledVoice.class));
    changes = output("speaker-changes", SpeakerChange.class);
    deadLetters = output("dead-letters", DeadLetter.class);
  }

  /** With the models of the manifest, on another driver's schemas. */
  static DrivenFromEmbeddings open(Map<String, String> settings, Map<String, Object> registry) {
    return open(settings, new ModelCatalog(List.of(Driven.models())).spaces(), registry);
  }

  static DrivenFromEmbeddings open(
      Map<String, String> settings, Map<String, VoiceSpace> spaces, Map<String, Object> registry) {
    return new DrivenFromEmbeddings(settings, spaces, registry, Optional.empty());
  }

  /** One whose consumer says how far it has come. */
  static DrivenFromEmbeddings open(InputProgress progress, Map<String, Object> registry) {
    return new DrivenFromEmbeddings(
        Map.of(),
        new ModelCatalog(List.of(Driven.models())).spaces(),
        registry,
        Optional.of(progress));
  }

  String describe() {
    return described;
  }

  DrivenFromEmbeddings play(List<SpeakerEmbedding> recorded) {
    recorded.forEach(embedding -> embeddings.pipeInput(embedding.getCall(), embedding));
    return this;
  }

  /** Nothing comes for as long as it takes until nothing waits any longer. */
  DrivenFromEmbeddings rest() {
    return pass(idle);
  }

  /** Lets time go by, in steps, as it does for an application that runs. */
  DrivenFromEmbeddings pass(Duration time) {
    for (Duration left = time; !left.isZero() && !left.isNegative(); left = left.minus(step)) {
      driver.advanceWallClockTime(left.compareTo(step) < 0 ? left : step);
    }
    return this;
  }

  /** Nothing of it runs, and the clock goes on. */
  DrivenFromEmbeddings standStill(Duration time) {
    driver.advanceWallClockTime(time);
    return this;
  }

  /** The changes that were published and not read yet, as bytes. */
  List<byte[]> publishedChanges() {
    TestOutputTopic<byte[], byte[]> raw =
        driver.createOutputTopic(
            "speaker-changes", new ByteArrayDeserializer(), new ByteArrayDeserializer());
    return raw.readRecordsToList().stream().map(TestRecord::value).toList();
  }

  double counter(String name) {
    return driver.metrics().entrySet().stream()
        .filter(
            metric ->
                metric.getKey().group().equals(StageMetrics.GROUP)
                    && metric.getKey().name().equals(name)
                    && metric.getKey().tags().get("stage").equals(Names.REPLAY))
        .mapToDouble(metric -> ((Number) metric.getValue().metricValue()).doubleValue())
        .sum();
  }

  boolean remembersNothing() {
    for (String store :
        List.of(Names.REPLAY_CALLS, Names.ORDER_CALLS, Names.TRACK_MODELS, Names.TRACK_VOICES)) {
      try (var left = driver.getKeyValueStore(store).all()) {
        if (left.hasNext()) {
          return false;
        }
      }
    }
    return true;
  }

  private <T extends SpecificRecord> Serializer<T> serializer(Class<T> type) {
    return AvroSerdes.forValue(type, registry).serializer();
  }

  private <T extends SpecificRecord> TestOutputTopic<String, T> output(
      String topic, Class<T> type) {
    return driver.createOutputTopic(
        topic, new StringDeserializer(), AvroSerdes.forValue(type, registry).deserializer());
  }

  @Override
  public void close() {
    driver.close();
  }
}
