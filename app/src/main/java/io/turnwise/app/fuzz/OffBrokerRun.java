package io.turnwise.app.fuzz;

import io.turnwise.topology.StreamsDefaults;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/** A topology with its production settings, fed byte by byte without a broker. */
final class OffBrokerRun implements AutoCloseable {
  /** Largest request of a producer, unless told otherwise: the driver's own takes anything. */
  private static final int MOST_RECORD_BYTES = 1_048_576;

  private static final Duration STEP = Duration.ofSeconds(1);

  static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

  private final Path folder;
  private final TopologyTestDriver driver;
  private final Map<String, TestInputTopic<byte[], byte[]>> inputs = new HashMap<>();
  private final Map<String, TestOutputTopic<byte[], byte[]>> outputs = new HashMap<>();

  OffBrokerRun(Topology topology, Map<String, String> settings) {
    try {
      folder = Files.createTempDirectory("turnwise-fuzz");
    } catch (IOException e) {
      throw new UncheckedIOException("no temporary folder can be made: " + e.getMessage(), e);
    }
    Map<String, String> user = new HashMap<>(settings);
    user.put("bootstrap.servers", "localhost:1");
    user.put("application.id", "turnwise-fuzz");
    user.put("state.dir", folder.toString());
    // Under exactly-once the driver loses what the deserialization handler sends.
    user.put("processing.guarantee", "at_least_once");
    driver = new TopologyTestDriver(topology, StreamsDefaults.over(user), BEGIN);
  }

  void send(String topic, String key, byte[] value) {
    inputs
        .computeIfAbsent(
            topic,
            name ->
                driver.createInputTopic(
                    name,
                    new ByteArraySerializer(),
                    new ByteArraySerializer(),
                    BEGIN,
                    Duration.ZERO))
        .pipeInput(key == null ? null : key.getBytes(StandardCharsets.UTF_8), value);
  }

  /**
   * What was published on a topic since this was last asked.
   *
   * @throws IllegalStateException if a record is larger than a producer sends
   */
  List<KeyValue<byte[], byte[]>> published(String topic) {
    List<KeyValue<byte[], byte[]>> records = read(topic);
    records.forEach(record -> requireSmall(topic, record.key, record.value));
    return records;
  }

  private List<KeyValue<byte[], byte[]>> read(String topic) {
    return outputs
        .computeIfAbsent(
            topic,
            name ->
                driver.createOutputTopic(
                    name, new ByteArrayDeserializer(), new ByteArrayDeserializer()))
        .readKeyValuesToList();
  }

  /** Moves the wall clock, in steps: a leap is not taken for silence. */
  void pass(Duration time) {
    for (Duration left = time; left.compareTo(Duration.ZERO) > 0; left = left.minus(STEP)) {
      driver.advanceWallClockTime(left.compareTo(STEP) < 0 ? left : STEP);
    }
  }

  private static void requireSmall(String place, byte[] key, byte[] value) {
    long bytes = (key == null ? 0L : key.length) + (value == null ? 0 : value.length);
    if (bytes > MOST_RECORD_BYTES) {
      throw new IllegalStateException(
          place + ": a record of " + bytes + " bytes, more than a producer sends");
    }
  }

  /**
   * Bytes of keys and values in some stores.
   *
   * @throws IllegalStateException if an entry is larger than a changelog takes
   */
  long storedBytes(List<String> stores) {
    long sum = 0;
    for (String store : stores) {
      KeyValueStore<Bytes, byte[]> entries = driver.getKeyValueStore(store);
      try (KeyValueIterator<Bytes, byte[]> all = entries.all()) {
        while (all.hasNext()) {
          KeyValue<Bytes, byte[]> entry = all.next();
          requireSmall(store, entry.key.get(), entry.value);
          sum += entry.key.get().length + entry.value.length;
        }
      }
    }
    return sum;
  }

  @Override
  public void close() {
    List<Path> left = new ArrayList<>();
    try {
      driver.close();
    } finally {
      try (Stream<Path> all = Files.walk(folder)) {
        all.sorted(Comparator.reverseOrder()).forEach(left::add);
        for (Path path : left) {
          Files.deleteIfExists(path);
        }
      } catch (IOException e) {
        throw new UncheckedIOException("cannot delete " + folder + ": " + e.getMessage(), e);
      }
    }
  }
}
