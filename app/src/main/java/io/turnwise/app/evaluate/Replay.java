package io.turnwise.app.evaluate;

import io.turnwise.app.play.Chunks;
import io.turnwise.app.play.Recording;
import io.turnwise.avro.AudioChunk;
import io.turnwise.avro.SpeakerChange;
import io.turnwise.inference.model.SpeakerEmbedder;
import io.turnwise.inference.speech.SpeechGate;
import io.turnwise.serdes.AvroSerdes;
import io.turnwise.topology.TurnwiseSettings;
import io.turnwise.topology.TurnwiseTopology;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;

/**
 * Runs a recording through the production topology, without a broker. Thread-safe: each recording
 * has a driver of its own; the model and the gate are shared.
 */
final class Replay {
  private static final Map<String, String> REGISTRY =
      Map.of("schema.registry.url", "mock://turnwise-evaluate");

  private final TurnwiseSettings settings;
  private final SpeakerEmbedder embedder;
  private final SpeechGate.Factory gates;

  /** The caller closes the embedder and the gates when all replays are over. */
  Replay(TurnwiseSettings settings, SpeakerEmbedder embedder, SpeechGate.Factory gates) {
    this.settings = settings;
    this.embedder = embedder;
    this.gates = gates;
  }

  /** What the topology makes of a recording. */
  Replayed replay(Recording recording) {
    SortedMap<Integer, SpeechTimeline> speech = new TreeMap<>();
    AtomicLong segments = new AtomicLong();
    Topology topology =
        TurnwiseTopology.build(
            settings,
            embedder,
            gates,
            REGISTRY,
            (call, cut) -> {
              segments.incrementAndGet();
              speech
                  .computeIfAbsent(cut.channel(), channel -> new SpeechTimeline())
                  .add(cut.segment());
            });
    List<SpeakerChange> changes = run(topology, recording);
    return new Replayed(speech, changes, segments.get());
  }

  private List<SpeakerChange> run(Topology topology, Recording recording) {
    Path folder = temporaryFolder();
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "turnwise-evaluate");
    properties.put(StreamsConfig.STATE_DIR_CONFIG, folder.toString());
    try (Serde<AudioChunk> chunks = AvroSerdes.forValue(AudioChunk.class, REGISTRY);
        Serde<SpeakerChange> changes = AvroSerdes.forValue(SpeakerChange.class, REGISTRY);
        TopologyTestDriver driver = new TopologyTestDriver(topology, properties, Instant.EPOCH)) {
      TestInputTopic<String, AudioChunk> input =
          driver.createInputTopic(
              settings.audioChunks(), new StringSerializer(), chunks.serializer());
      TestOutputTopic<String, SpeakerChange> output =
          driver.createOutputTopic(
              settings.speakerChanges(), new StringDeserializer(), changes.deserializer());
      play(recording, input);
      return output.readValuesToList();
    } finally {
      delete(folder);
    }
  }

  /** All channels side by side, as a live call has them. */
  private static void play(Recording recording, TestInputTopic<String, AudioChunk> input) {
    PriorityQueue<Chunks> channels =
        new PriorityQueue<>(Comparator.comparingDouble(Chunks::nextCompleteAt));
    for (int channel = 0; channel < recording.audio().channels(); channel++) {
      channels.add(new Chunks(recording, channel, Instant.EPOCH));
    }
    while (!channels.isEmpty()) {
      Chunks channel = channels.remove();
      if (channel.hasNext()) {
        AudioChunk chunk = channel.next();
        input.pipeInput(chunk.getCallId(), chunk, chunk.getCapturedAt());
        channels.add(channel);
      }
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
