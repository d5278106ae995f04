package io.turnwise.topology.track;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.avro.ChangeType;
import io.turnwise.avro.EnrolledVoice;
import io.turnwise.avro.Role;
import io.turnwise.avro.SpeakerChange;
import io.turnwise.avro.SpeakerEmbedding;
import io.turnwise.avro.SpeechSpan;
import io.turnwise.topology.Names;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TrackProcessorTest {
  private final MockProcessorContext<String, SpeakerChange> context = new MockProcessorContext<>();
  private final Enrolments enrolments = new Enrolments();
  private final KeyValueStore<Bytes, byte[]> voices =
      Stores.keyValueStoreBuilder(
              Stores.inMemoryKeyValueStore(Names.TRACK_VOICES), Serdes.Bytes(), Serdes.ByteArray())
          .withLoggingDisabled()
          .build();
  private Processor<String, Heard, String, SpeakerChange> processor;

  @BeforeEach
  void start() {
    voices.init(context.getStateStoreContext(), voices);
    processor = newProcessor();
  }

  @Test
  void shouldForwardChangesUnderTheCallsKey() {
    // Given
    SyntheticCall made = new SyntheticCall(1, 2).turn(0, 9).turn(1, 9);

    // When
    made.segments(0).forEach(segment -> hear("call-1", segment));

    // Then
    List<SpeakerChange> changes = forwarded();
    assertEquals(
        Arrays.asList(null, "S1", "S2"),
        changes.stream()
            .filter(change -> change.getType() == ChangeType.CHANGED)
            .map(SpeakerChange::getSpeaker)
            .distinct()
            .toList());
    assertEquals("call-1", context.forwarded().get(0).record().key());
    assertNull(changes.get(1).getPreviousSpeaker());
    assertTrue(changes.stream().anyMatch(change -> "S1".equals(change.getPreviousSpeaker())));
    assertTrue(changes.get(0).getTentative());
    assertEquals(SyntheticCall.MODEL, changes.get(0).getModelFingerprint());
  }

  @Test
  void shouldGiveEqualEventsToEqualInputAndOtherIdsToOtherCalls() {
    // Given
    List<Observation> segments =
        new SyntheticCall(2, 2).turn(0, 9).turn(1, 9).turn(0, 9).segments(0);

    // When
    segments.forEach(segment -> hear("call-1", segment));
    List<SpeakerChange> first = forwarded();
    end("call-1", 0);
    context.resetForwards();
    segments.forEach(segment -> hear("call-1", segment));
    List<SpeakerChange> again = forwarded();
    context.resetForwards();
    segments.forEach(segment -> hear("call-2", segment));
    List<SpeakerChange> other = forwarded();

    // Then
    assertEquals(first, again);
    Set<String> ids = new java.util.HashSet<>();
    first.forEach(change -> ids.add(change.getEventId()));
    other.forEach(change -> ids.add(change.getEventId()));
    assertEquals(2 * first.size(), ids.size());
  }

  @Test
  void shouldGoOnAsIfNothingHappenedWhenAnotherProcessorTakesOverBeforeEveryRecord() {
    // Given
    List<Observation> segments =
        new SyntheticCall(3, 3)
            .on(0)
            .turn(0, 9)
            .turn(1, 5)
            .turn(2, 9)
            .turn(0, 60)
            .at(SyntheticCall.LEVEL_DB - 30)
            .turn(1, 60)
            .on(1)
            .pause(60)
            .turn(1, 83)
            .segments();
    segments.forEach(segment -> hear("call-1", segment));
    List<SpeakerChange> straight = forwarded();
    end("call-1", 0);
    end("call-1", 1);
    context.resetForwards();

    // When
    for (Observation segment : segments) {
      processor = newProcessor();
      hear("call-1", segment);
    }

    // Then
    assertEquals(straight, forwarded());
  }

  @Test
  void shouldDeleteEverythingWhenTheLastChannelEnds() {
    // Given
    new SyntheticCall(4, 2).turn(0, 70).turn(1, 9).segments(0).forEach(s -> hear("call-1", s));
    new SyntheticCall(5, 1).on(1).turn(0, 9).segments(1).forEach(s -> hear("call-1", s));

    // When
    end("call-1", 0);
    boolean afterOne = isStoreEmpty();
    end("call-1", 1);
    end("call-1", 1);

    // Then
    assertFalse(afterOne);
    assertTrue(isStoreEmpty());
  }

  @Test
  void shouldWriteLittleForEachSegment() {
    // Given
    List<Observation> segments = new SyntheticCall(6, 2).turn(0, 9).turn(1, 80).segments(0);
    segments.forEach(segment -> hear("call-1", segment));
    Map<Bytes, byte[]> before = contents();

    // When
    hear("call-1", SyntheticCall.segment(0, 90_000, new SyntheticCall(6, 1).direction()));

    // Then
    int written = 0;
    for (Map.Entry<Bytes, byte[]> entry : contents().entrySet()) {
      if (!Arrays.equals(entry.getValue(), before.get(entry.getKey()))) {
        written += entry.getKey().get().length + entry.getValue().length;
      }
    }
    assertTrue(written < 700, written + " bytes");
  }

  @Test
  void shouldUseVoiceEnrolledInMidCall() {
    // Given
    SyntheticCall made = new SyntheticCall(7, 2).turn(0, 12).turn(1, 12);
    List<Observation> segments = made.segments(0);
    segments.subList(0, 10).forEach(segment -> hear("call-1", segment));

    // When
    enrolments.put(
        EnrolledVoice.newBuilder()
            .setSpeakerId("alice")
            .setVector(boxed(made.voice(1)))
            .setModel("made-up")
            .setModelFingerprint(SyntheticCall.MODEL)
            .setEnrolledAt(Instant.EPOCH)
            .build());
    segments.subList(10, segments.size()).forEach(segment -> hear("call-1", segment));

    // Then
    List<SpeakerChange> changes = forwarded();
    assertEquals(
        Arrays.asList(null, "S1", "alice"),
        changes.stream().map(SpeakerChange::getSpeaker).distinct().toList());
    for (SpeakerChange change : changes) {
      assertEquals("alice".equals(change.getSpeaker()), change.getEnrolled());
    }
  }

  private Processor<String, Heard, String, SpeakerChange> newProcessor() {
    Processor<String, Heard, String, SpeakerChange> fresh =
        TrackProcessor.supplier(
                new SpeakerTracker(TrackerSettings.of(SyntheticCall.THRESHOLD)), enrolments)
            .get();
    fresh.init(context);
    return fresh;
  }

  private void hear(String call, Observation segment) {
    List<SpeechSpan> speech = new ArrayList<>();
    segment.speech().forEach(s -> speech.add(new SpeechSpan(s.startMillis(), s.endMillis())));
    SpeakerEmbedding embedding =
        SpeakerEmbedding.newBuilder()
            .setCall(call)
            .setChannel(segment.channel())
            .setRole(Role.UNKNOWN)
            .setSegment(0)
            .setStartMillis(segment.span().startMillis())
            .setEndMillis(segment.span().endMillis())
            .setCapturedAt(segment.capturedAt())
            .setSpeechMillis((int) segment.speechMillis())
            .setSpeech(speech)
            .setVector(boxed(segment.voice()))
            .setModel("made-up")
            .setModelFingerprint(SyntheticCall.MODEL)
            .setLevelDb(segment.levelDb())
            .build();
    processor.process(new Record<>(call, new Heard.Voice(embedding), 0));
  }

  private void end(String call, int channel) {
    processor.process(new Record<>(call, new Heard.ChannelEnd(channel, Instant.EPOCH), 0));
  }

  private List<SpeakerChange> forwarded() {
    List<SpeakerChange> changes = new ArrayList<>();
    context.forwarded().forEach(forward -> changes.add(forward.record().value()));
    return changes;
  }

  private boolean isStoreEmpty() {
    return contents().isEmpty();
  }

  private Map<Bytes, byte[]> contents() {
    Map<Bytes, byte[]> contents = new HashMap<>();
    try (KeyValueIterator<Bytes, byte[]> all = voices.all()) {
      while (all.hasNext()) {
        KeyValue<Bytes, byte[]> entry = all.next();
        contents.put(entry.key, entry.value);
      }
    }
    return contents;
  }

  private static List<Float> boxed(float[] values) {
    List<Float> boxed = new ArrayList<>(values.length);
    for (float value : values) {
      boxed.add(value);
    }
    return boxed;
  }
}
