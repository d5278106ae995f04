package io.turnwise.app.run;

import io.turnwise.inference.model.Model;
import io.turnwise.inference.model.SpeakerEmbedder;
import io.turnwise.inference.speech.SpeechGate;
import io.turnwise.inference.speech.SpeechGates;
import io.turnwise.topology.StreamsDefaults;
import io.turnwise.topology.TurnwiseSettings;
import io.turnwise.topology.TurnwiseTopology;
import io.turnwise.topology.segment.Segment;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;

/**
 * The topology at work: the model, the speech gate and the Streams client, opened together and
 * closed together, in the right order. Thread-safe.
 */
public final class TrackingApplication implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final SpeakerEmbedder embedder;
  private final SpeechGate.Factory gates;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private KafkaStreams streams;

  private TrackingApplication(SpeakerEmbedder embedder, SpeechGate.Factory gates) {
    this.embedder = embedder;
    this.gates = gates;
  }

  /**
   * Opens the model and the gate; connects to nothing yet.
   *
   * @throws io.turnwise.inference.model.UnusableModel if one of them cannot be used
   */
  public static TrackingApplication open(TurnwiseSettings settings, Model model) {
    SpeechGate.Factory gates = SpeechGates.named(settings.gate());
    try {
      return new TrackingApplication(SpeakerEmbedder.open(model, Segment.SAMPLES), gates);
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
   */
  public synchronized void start(
      TurnwiseSettings settings, Map<String, String> properties, FaultBudget faults) {
    streams =
        new KafkaStreams(
            TurnwiseTopology.build(settings, embedder, gates, properties),
            StreamsDefaults.over(properties));
    streams.setUncaughtExceptionHandler(
        fault -> {
          FaultBudget.Verdict verdict = faults.take(fault);
          if (verdict == FaultBudget.Verdict.GIVE_UP) {
            failure.compareAndSet(null, fault);
          }
          return verdict.response();
        });
    streams.start();
  }

  /** Whether every thread has its partitions and works. */
  public synchronized boolean running() {
    return streams != null && streams.state() == State.RUNNING;
  }

  /** Why the application has ended by itself; empty while it has not. */
  public synchronized Optional<Throwable> failure() {
    if (failure.get() == null && streams != null && streams.state() == State.ERROR) {
      failure.compareAndSet(null, new IllegalStateException("all stream threads have ended"));
    }
    return Optional.ofNullable(failure.get());
  }

  /** Stops and waits for what is under way to be committed; then closes the model and the gate. */
  @Override
  public synchronized void close() {
    if (streams != null && !streams.close(PATIENCE)) {
      // A thread may still be inside the model: closing that now would crash the process.
      throw new IllegalStateException(
          "The stream threads did not end within " + PATIENCE.toSeconds() + " s");
    }
    embedder.close();
    gates.close();
  }
}
