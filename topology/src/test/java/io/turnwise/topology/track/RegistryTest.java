package io.turnwise.topology.track;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.turnwise.avro.EnrolledVoice;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.common.metrics.stats.CumulativeCount;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RegistryTest {
  private static final String MODEL = "a".repeat(64);
  private static final String OTHER = "b".repeat(64);
  private static final MetricName COUNT = new MetricName("left-out", "test", "", Map.of());

  private final Metrics metrics = new Metrics();
  private final Enrolments enrolments = new Enrolments();
  private Registry registry;

  @BeforeEach
  void start() {
    Sensor leftOut = metrics.sensor("left-out");
    leftOut.add(COUNT, new CumulativeCount());
    registry = new Registry(enrolments, leftOut);
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
    enrolments.remove("wrong");
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

  @Test
  void shouldMoveAVoiceWhenItIsEnrolledAnewWithAnotherModel() {
    // Given
    enrol("alice", MODEL, 2);
    enrol("bob", MODEL, 2);

    // When
    enrol("alice", OTHER, 2);

    // Then
    assertEquals(List.of("bob"), ids(MODEL));
    assertEquals(List.of("alice"), ids(OTHER));
  }

  @Test
  void shouldParseNothingAgainForAnotherTask() {
    // Given two tasks of an instance
    enrol("alice", MODEL, 2);
    Registry other = new Registry(enrolments, metrics.sensor("left-out"));

    // When
    EnrolledVoices.Enrolled here = registry.of(MODEL).get(0);
    EnrolledVoices.Enrolled there = other.of(MODEL).get(0);

    // Then
    assertSame(here.voice(), there.voice());
  }

  private void enrol(String id, String fingerprint, int length) {
    enrolments.put(
        EnrolledVoice.newBuilder()
            .setSpeakerId(id)
            .setVector(Collections.nCopies(length, 1f))
            .setModel("made-up")
            .setModelFingerprint(fingerprint)
            .setEnrolledAt(Instant.EPOCH)
            .build());
  }

  private List<String> ids(String fingerprint) {
    return registry.of(fingerprint).stream().map(EnrolledVoices.Enrolled::speakerId).toList();
  }

  private double leftOut() {
    return (double) metrics.metric(COUNT).metricValue();
  }
}
