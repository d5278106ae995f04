package io.turnwise.app.faults;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.app.evaluate.Rttm;
import io.turnwise.avro.AudioChunk;
import io.turnwise.inference.audio.WavFile;
import io.turnwise.serdes.AvroSerdes;
import io.turnwise.testing.Shared;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.common.serialization.Serde;
import org.junit.jupiter.api.Test;

class CallsTest {
  private static final int PARTITIONS = 3;

  @Test
  void shouldBeTheSameBytesEachTime() {
    // When
    Calls once = calls();
    Calls again = calls();

    // Then
    assertEquals(once.chunks().size(), again.chunks().size());
    for (int i = 0; i < once.chunks().size(); i++) {
      assertArrayEquals(once.chunks().get(i).value(), again.chunks().get(i).value());
    }
  }

  @Test
  void shouldHaveACallOnEachPartition() {
    // When
    Set<Integer> partitions =
        calls().ids().stream()
            .map(id -> Calls.partitionOf(id, PARTITIONS))
            .collect(Collectors.toCollection(TreeSet::new));

    // Then
    assertEquals(Set.of(0, 1, 2), partitions);
  }

  @Test
  void shouldSendChunksWhenTheyAreDue() {
    // When
    List<Double> due = calls().chunks().stream().map(Calls.Sent::dueSeconds).toList();

    // Then
    assertEquals(due.stream().sorted().toList(), due);
    assertEquals(12, due.get(due.size() - 1), 0.01);
  }

  @Test
  void shouldHaveCallsOfOneChannelAndOfTwoEachWithItsEnd() {
    // Given
    Map<String, Set<Integer>> channels = new TreeMap<>();
    Map<String, Integer> ends = new TreeMap<>();

    // When
    try (Serde<AudioChunk> serde = serde()) {
      for (Calls.Sent sent : calls().chunks()) {
        AudioChunk chunk = serde.deserializer().deserialize("audio-chunks", sent.value());
        channels.computeIfAbsent(sent.key(), key -> new TreeSet<>()).add(chunk.getChannel());
        ends.merge(sent.key(), chunk.getLast() ? 1 : 0, Integer::sum);
      }
    }

    // Then
    assertTrue(channels.containsValue(Set.of(0)), channels.toString());
    assertTrue(channels.containsValue(Set.of(0, 1)), channels.toString());
    channels.forEach((call, of) -> assertEquals(of.size(), ends.get(call), call));
  }

  private static Calls calls() {
    WavFile audio = WavFile.read(Shared.projectRoot().resolve("samples/sample-call.wav"));
    try (Serde<AudioChunk> serde = serde()) {
      return Calls.of(
          audio,
          Rttm.read(Shared.projectRoot().resolve("samples/sample-call.rttm")),
          12,
          PARTITIONS,
          serde.serializer());
    }
  }

  private static Serde<AudioChunk> serde() {
    return AvroSerdes.forValue(
        AudioChunk.class, Map.of("schema.registry.url", "mock://faults-calls-test"));
  }
}
