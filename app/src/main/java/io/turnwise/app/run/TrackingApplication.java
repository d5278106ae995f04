package io.turnwise.app.run;

import io.turnwise.inference.model.Model;
import io.turnwise.inference.model.SpeakerEmbedder;
import io.turnwise.inference.speech.SpeechGate;
import io.turnwise.inference.speech.SpeechGates;
import io.turnwise.topology.StreamsDefaults;
import io.turnwise.topology.TurnwiseSettings;
import io.turnwise.topology.TurnwiseTopology;
import io.turnwise.topology.segment.Segment;
import java.util.Map;
import org.apache.kafka.streams.KafkaStreams;

/**
 * The application with its model and its speech gate open, not yet connected to anything. Closed
 * after the {@link Tracking} that it started.
 */
public final class TrackingApplication implements AutoCloseable {
  private final TurnwiseSettings settings;
  private final SpeakerEmbedder embedder;
  private final SpeechGate.Factory gates;

  private TrackingApplication(
      TurnwiseSettings settings, SpeakerEmbedder embedder, SpeechGate.Factory gates) {
    this.settings = settings;
    this.embedder = embedder;
    this.gates = gates;
  }

  /**
   * Opens the model and the gate.
   *
   * @throws io.turnwise.inference.model.UnusableModel if one of them cannot be used
   */
  public static TrackingApplication open(TurnwiseSettings settings, Model model) {
    SpeechGate.Factory gates = SpeechGates.named(settings.gate());
    try {
      return new TrackingApplication(
          settings, SpeakerEmbedder.open(model, Segment.SAMPLES, settings.provider()), gates);
    } catch (RuntimeException e) {
      gates.close();
      throw e;
    }
  }

  /**
   * Starts to track, and returns at once.
   *
   * @param properties Kafka's, Confluent's and Turnwise's settings
   * @param faults decides what follows when a stream thread fails
   * @return the caller's, to close before this application
   */
  public Tracking start(Map<String, String> properties, FaultBudget faults) {
    return Tracking.start(
        new KafkaStreams(
            TurnwiseTopology.build(settings, embedder, gates, properties),
            StreamsDefaults.over(properties)),
        faults);
  }

  @Override
  public void close() {
    embedder.close();
    gates.close();
  }
}
