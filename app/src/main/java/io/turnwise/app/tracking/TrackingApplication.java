package io.turnwise.app.tracking;

import io.turnwise.inference.model.Model;
import io.turnwise.inference.model.SpeakerEmbedder;
import io.turnwise.inference.model.VoiceSpace;
import io.turnwise.inference.speech.SpeechGate;
import io.turnwise.inference.speech.SpeechGates;
import io.turnwise.topology.StreamsDefaults;
import io.turnwise.topology.TurnwiseSettings;
import io.turnwise.topology.TurnwiseTopology;
import io.turnwise.topology.segment.Segment;
import io.turnwise.topology.segment.SegmentListener;
import io.turnwise.topology.shed.Lateness;
import io.turnwise.topology.silence.InputProgress;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.Topology;

/**
 * The application with what it needs open, its model and its speech gate, not yet connected to
 * anything. Closed after the {@link Tracking} that it started.
 */
public final class TrackingApplication implements AutoCloseable {
  private final Function<Map<String, String>, Topology> topology;
  private final Duration stopTimeout;
  private final Runnable release;

  private TrackingApplication(
      TurnwiseSettings settings,
      Function<Map<String, String>, Topology> topology,
      Runnable release) {
    this.topology = topology;
    this.stopTimeout = Duration.ofMillis(settings.stopTimeoutMillis());
    this.release = release;
  }

  /**
   * Opens the model and the gate, to track from audio.
   *
   * @throws io.turnwise.inference.model.UnusableModel if one of them cannot be used
   */
  public static TrackingApplication open(TurnwiseSettings settings, Model model) {
    SpeechGate.Factory gates = SpeechGates.named(settings.gate());
    try {
      SpeakerEmbedder embedder = SpeakerEmbedder.open(model, Segment.SAMPLES, settings.provider());
      return new TrackingApplication(
          settings,
          properties ->
              TurnwiseTopology.build(
                  settings,
                  embedder,
                  gates,
                  properties,
                  SegmentListener.none(),
                  Lateness.ofRecords()),
          () -> {
            embedder.close();
            gates.close();
          });
    } catch (RuntimeException e) {
      gates.close();
      throw e;
    }
  }

  /**
   * Tracks from published embeddings; needs no model's file.
   *
   * @param spaces the models that are known, by fingerprint
   */
  public static TrackingApplication fromEmbeddings(
      TurnwiseSettings settings, Map<String, VoiceSpace> spaces) {
    return new TrackingApplication(
        settings,
        properties -> TurnwiseTopology.fromEmbeddings(settings, spaces, properties),
        () -> {});
  }

  /**
   * Starts to track, and returns at once.
   *
   * @param properties Kafka's, Confluent's and Turnwise's settings
   * @param faults decides what follows when a stream thread fails
   * @return the caller's, to close before this application
   */
  public Tracking start(Map<String, String> properties, FaultBudget faults) {
    WatchedClients clients = new WatchedClients();
    Properties settings = StreamsDefaults.over(properties);
    settings.put(InputProgress.CONFIG, clients);
    return Tracking.start(
        new KafkaStreams(topology.apply(properties), settings, clients, SteadyTime.start()),
        faults,
        stopTimeout,
        !hasStaticMember(properties));
  }

  /** Whoever names its members expects them back: nobody is to take over meanwhile. */
  private static boolean hasStaticMember(Map<String, String> properties) {
    return properties.keySet().stream()
        .anyMatch(key -> key.endsWith(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG));
  }

  @Override
  public void close() {
    release.run();
  }
}
