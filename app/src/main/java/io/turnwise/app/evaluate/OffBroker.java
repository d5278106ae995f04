package io.turnwise.app.evaluate;

import io.turnwise.serdes.AvroSerdes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;

/**
 * A topology at work without a broker, record by record, in a folder of its own that goes with it.
 * The wall clock stands at the epoch until it is moved. Not thread-safe; as many as one likes may
 * run side by side.
 */
final class OffBroker implements AutoCloseable {
  /** What topologies that run here are to be built with. */
  static final Map<String, String> REGISTRY =
      Map.of("schema.registry.url", "mock://turnwise-evaluate");

  private final Path folder;
  private final TopologyTestDriver driver;
  private final List<Serde<?>> serdes = new ArrayList<>();

  private OffBroker(Path folder, TopologyTestDriver driver) {
    this.folder = folder;
    this.driver = driver;
  }

  /** Starts a topology. */
  static OffBroker open(Topology topology) {
    Path folder = temporaryFolder();
    try {
      Properties properties = new Properties();
      properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "turnwise-evaluate");
      properties.put(StreamsConfig.STATE_DIR_CONFIG, folder.toString());
      return new OffBroker(folder, new TopologyTestDriver(topology, properties, Instant.EPOCH));
    } catch (RuntimeException e) {
      delete(folder);
      throw e;
    }
  }

  <T extends SpecificRecord> TestInputTopic<String, T> input(String topic, Class<T> type) {
    return driver.createInputTopic(topic, new StringSerializer(), serde(type).serializer());
  }

  <T extends SpecificRecord> TestOutputTopic<String, T> output(String topic, Class<T> type) {
    return driver.createOutputTopic(topic, new StringDeserializer(), serde(type).deserializer());
  }

  /** Moves the wall clock, in steps: a leap is not taken for silence. */
  void pass(Duration time, Duration step) {
    for (Duration left = time; left.compareTo(Duration.ZERO) > 0; left = left.minus(step)) {
      driver.advanceWallClockTime(left.compareTo(step) < 0 ? left : step);
    }
  }

  private <T extends SpecificRecord> Serde<T> serde(Class<T> type) {
    Serde<T> serde = AvroSerdes.forValue(type, REGISTRY);
    serdes.add(serde);
    return serde;
  }

  @Override
  public void close() {
    try {
      driver.close();
      serdes.forEach(Serde::close);
    } finally {
      delete(folder);
    }
  }

  private static Path temporaryFolder() {
    try {
      return Files.createTempDirectory("turnwise-evaluate");
    } catch (IOException e) {
      throw new UncheckedIOException("no temporary folder can be made: " + e.getMessage(), e);
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + folder + ": " + e.getMessage(), e);
    }
  }
}
