package io.turnwise.topology.track;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.turnwise.avro.EnrolledVoice;
import io.turnwise.serdes.AvroSerdes;
import io.turnwise.topology.Names;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.common.metrics.stats.CumulativeCount;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RegistryTest {
  private static final String MODEL = "a".repeat(64);
  private static final String OTHER = "b".repeat(64);
  private static final MetricName COUNT = new MetricName("left-out", "test", "", Map.of());

  private final Metrics metrics = new Metrics();
  private final AtomicLong changes = new AtomicLong();
  private final KeyValueStore<String, EnrolledVoice> store =
      Stores.keyValueStoreBuilder(
              Stores.inMemoryKeyValueStore(Names.SPEAKER_REGISTRY),
              Serdes.String(),
              AvroSerdes.forValue(
                  EnrolledVoice.class, Map.of("schema.registry.url", "mock://registry-test")))
          .withLoggingDisabled()
          .build();
  private Registry registry;

  @BeforeEach
  void start() {
    MockProcessorContext<Void, Void> context = new MockProcessorContext<>();
    store.init(context.getStateStoreContext(), store);
    Sensor leftOut = metrics.sensor("left-out");
    leftOut.add(COUNT, new CumulativeCount());
    registry = new Registry(store, changes, leftOut);
  }

  @AfterEach
  void stop() {
    metrics.close();
  }

  @Test
  void shouldLeaveOutVoicesOfAnotherLengthThanTheModelsEmbeddings() {
    // Given
    enrol("long", MODEL, 3);
    enrol("right", MODEL, 2);
    enrol("short", MODEL, 1);
    enrol("other", OTHER, 3);

    // When
    registry.heard(MODEL, 2);

    // Then
    assertEquals(List.of("right"), ids(MODEL));
    assertEquals(List.of("other"), ids(OTHER));
    assertEquals(2, leftOut());
  }

  @Test
  void shouldLeaveNothingOutOfAModelThatWasNotHeard() {
    // Given
    enrol("long", MODEL, 3);
    enrol("right", MODEL, 2);

    // When
    registry.heard(OTHER, 2);

    // Then
    assertEquals(List.of("long", "right"), ids(MODEL));
    assertEquals(0, leftOut());
  }

  @Test
  void shouldCountAVoiceOnceForAsLongAsItIsEnrolled() {
    // Given
    enrol("wrong", MODEL, 3);
    registry.heard(MODEL, 2);
    ids(MODEL);

    // When others come, it is enrolled anew, taken back, and enrolled again
    enrol("right", MODEL, 2);
    registry.heard(MODEL, 2);
    assertEquals(List.of("right"), ids(MODEL));
    double before = leftOut();
    store.delete("wrong");
    changes.incrementAndGet();
    registry.heard(MODEL, 2);
    ids(MODEL);
    enrol("wrong", MODEL, 3);
    registry.heard(MODEL, 2);
    ids(MODEL);

    // Then
    assertEquals(1, before);
    assertEquals(2, leftOut());
  }

  @Test
  void shouldTakeAVoiceInWhenItIsEnrolledAnewWithTheRightLength() {
    // Given
    enrol("alice", MODEL, 3);
    registry.heard(MODEL, 2);
    assertEquals(List.of(), ids(MODEL));

    // When
    enrol("alice", MODEL, 2);
    registry.heard(MODEL, 2);

    // Then
    assertEquals(List.of("alice"), ids(MODEL));
  }

  @Test
  void shouldRememberAVoicesCohortUntilTheRegistryChanges() {
    // Given
    enrol("alice", MODEL, 2);
    enrol("bob", MODEL, 2);
    List<String> reckoned = new ArrayList<>();

    // When each is asked for twice, before somebody is enrolled and after
    for (int change = 0; change < 2; change++) {
      for (int time = 0; time < 2; time++) {
        for (EnrolledVoices.Enrolled voice : registry.of(MODEL).subList(0, 2)) {
          registry.cohortOf(
              voice,
              asked -> {
                reckoned.add(asked.speakerId());
                return new Cohort(0, 0);
              });
        }
      }
      enrol("carol", MODEL, 2);
    }

    // Then
    assertEquals(List.of("alice", "bob", "alice", "bob"), reckoned);
  }

  @Test
  void shouldForgetAVoicesCohortWhenTheModelIsHeardWithAnotherLength() {
    // Given
    enrol("alice", MODEL, 2);
    EnrolledVoices.Enrolled alice = registry.of(MODEL).get(0);
    registry.cohortOf(alice, asked -> new Cohort(0.1, 0));

    // When
    registry.heard(MODEL, 2);

    // Then
    assertEquals(0.2, registry.cohortOf(alice, asked -> new Cohort(0.2, 0)).mean());
  }

  private void enrol(String id, String fingerprint, int length) {
    store.put(
        id,
        EnrolledVoice.newBuilder()
            .setSpeakerId(id)
            .setVector(Collections.nCopies(length, 1f))
            .setModel("made-up")
            .setModelFingerprint(fingerprint)
            .setEnrolledAt(Instant.EPOCH)
            .build());
    changes.incrementAndGet();
  }

  private List<String> ids(String fingerprint) {
    return registry.of(fingerprint).stream().map(EnrolledVoices.Enrolled::speakerId).toList();
  }

  private double leftOut() {
    return (double) metrics.metric(COUNT).metricValue();
  }
}
