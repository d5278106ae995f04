package io.turnwise.app.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.turnwise.app.broker.EmbeddedBroker;
import io.turnwise.app.broker.Topics;
import io.turnwise.app.connect.Connection;
import io.turnwise.app.tracking.FaultBudget;
import io.turnwise.app.tracking.Tracking;
import io.turnwise.app.tracking.TrackingApplication;
import io.turnwise.app.view.TopicFeed;
import io.turnwise.avro.DeadLetter;
import io.turnwise.avro.DeadLetterReason;
import io.turnwise.avro.Role;
import io.turnwise.avro.SpeakerChange;
import io.turnwise.avro.SpeakerEmbedding;
import io.turnwise.avro.SpeechSpan;
import io.turnwise.inference.calibration.Calibration;
import io.turnwise.inference.model.VoiceSpace;
import io.turnwise.serdes.AvroSerdes;
import io.turnwise.topology.TurnwiseSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tracker alone, on a real broker. */
class FromEmbeddingsTest {
  private static final String CALL = "call-1";
  private static final String MODEL = "a".repeat(64);
  private static final int DIMENSION = 64;
  private static final long PATIENCE_NANOS = Duration.ofSeconds(120).toNanos();

  @TempDir private Path folder;

  @Test
  void shouldTrackWhatIsOnTheTopicRefuseWhatIsUnusableAndLeaveNoVoicesBehind() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker"));
        Admin admin = Admin.create(Map.of(Connection.BOOTSTRAP, broker.bootstrapServers()))) {
      // Given two voices in turn, among them a vector without a direction, and no topic of audio
      Map<String, String> properties = new HashMap<>();
      properties.put(Connection.BOOTSTRAP, broker.bootstrapServers());
      properties.put(Connection.REGISTRY, "mock://from-embeddings-test");
      properties.put("state.dir", folder.resolve("state").toString());
      properties.put("num.stream.threads", "1");
      properties.put("application.id", "turnwise-replayed");
      TurnwiseSettings settings = TurnwiseSettings.of(properties);
      Topics topics = new Topics(settings, 1, Optional.empty(), Topics.RETENTION, false);
      assertEquals(
          Set.of("speaker-embeddings", "speaker-changes", "speaker-registry", "dead-letters"),
          Cluster.check(properties, topics, true));
      send(properties, embeddings());

      // When
      VoiceSpace space = new VoiceSpace(MODEL, DIMENSION, 0.5f, Calibration.none());
      List<SpeakerChange> changes = new ArrayList<>();
      List<DeadLetter> letters = new ArrayList<>();
      try (TrackingApplication application =
              TrackingApplication.fromEmbeddings(settings, Map.of(MODEL, space));
          Tracking tracking = application.start(properties, FaultBudget.none());
          TopicFeed<SpeakerChange> changeFeed =
              feed(settings.speakerChanges(), SpeakerChange.class, properties);
          TopicFeed<DeadLetter> letterFeed =
              feed(settings.deadLetters(), DeadLetter.class, properties)) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while ((letters.isEmpty() || !speakers(changes).contains("S2"))
            && System.nanoTime() < deadline) {
          assertEquals(Optional.empty(), tracking.failure());
          changes.addAll(changeFeed.poll(Duration.ofMillis(100)));
          letters.addAll(letterFeed.poll(Duration.ofMillis(100)));
        }
      }
      Set<String> changelogs = Cluster.deleteChangelogs(properties, "turnwise-replayed");

      // Then
      assertEquals(1, changes.get(0).getRevision());
      assertTrue(speakers(changes).containsAll(Set.of("S1", "S2")), changes::toString);
      assertEquals(DeadLetterReason.INVALID_FIELD, letters.get(0).getReason());
      assertEquals("speaker-embeddings", letters.get(0).getTopic());
      assertTrue(
          changelogs.contains("turnwise-replayed-track-voices-changelog"), changelogs::toString);
      assertFalse(
          admin.listTopics().names().get().stream().anyMatch(name -> name.endsWith("-changelog")));
    }
  }

  private static <T extends SpecificRecord> TopicFeed<T> feed(
      String topic, Class<T> type, Map<String, String> properties) {
    return TopicFeed.open(topic, type, properties, true, sentence -> fail(sentence));
  }

  private static List<String> speakers(List<SpeakerChange> changes) {
    return changes.stream().map(change -> String.valueOf(change.getSpeaker())).toList();
  }

  private static List<SpeakerEmbedding> embeddings() {
    Random random = new Random(4);
    List<float[]> voices = List.of(direction(random), direction(random));
    List<SpeakerEmbedding> embeddings = new ArrayList<>();
    for (int segment = 0; segment < 60; segment++) {
      float[] voice = voices.get(segment / 15 % 2);
      List<Float> vector = new ArrayList<>();
      for (float value : voice) {
        vector.add(value + 0.05f * (float) random.nextGaussian());
      }
      embeddings.add(
          embedding(segment, segment == 7 ? Collections.nCopies(DIMENSION, 0f) : vector));
    }
    return embeddings;
  }

  private static float[] direction(Random random) {
    float[] direction = new float[DIMENSION];
    double sum = 0;
    for (int i = 0; i < DIMENSION; i++) {
      direction[i] = (float) random.nextGaussian();
      sum += direction[i] * direction[i];
    }
    for (int i = 0; i < DIMENSION; i++) {
      direction[i] /= (float) Math.sqrt(sum);
    }
    return direction;
  }

  private static SpeakerEmbedding embedding(int segment, List<Float> vector) {
    long start = segment * 750L;
    return SpeakerEmbedding.newBuilder()
        .setCall(CALL)
        .setChannel(0)
        .setRole(Role.UNKNOWN)
        .setSegment(segment)
        .setStartMillis(start)
        .setEndMillis(start + 1500)
        .setCapturedAt(Instant.EPOCH.plusMillis(start + 1500))
        .setSpeechMillis(1500)
        .setSpeech(List.of(new SpeechSpan(start, start + 1500)))
        .setVector(vector)
        .setModel("elsewhere")
        .setModelFingerprint(MODEL)
        .build();
  }

  private static void send(Map<String, String> properties, List<SpeakerEmbedding> embeddings) {
    try (Serde<SpeakerEmbedding> serde = AvroSerdes.forValue(SpeakerEmbedding.class, properties);
        KafkaProducer<String, SpeakerEmbedding> producer =
            new KafkaProducer<>(
                Map.of(Connection.BOOTSTRAP, properties.get(Connection.BOOTSTRAP)),
                new StringSerializer(),
                serde.serializer())) {
      embeddings.forEach(
          embedding ->
              producer.send(
                  new ProducerRecord<>("speaker-embeddings", embedding.getCall(), embedding)));
      producer.flush();
    }
  }
}
