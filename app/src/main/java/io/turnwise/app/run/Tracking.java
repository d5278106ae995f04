package io.turnwise.app.run;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.errors.StreamsException;

/** The topology at work. Thread-safe. */
public final class Tracking implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final KafkaStreams streams;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final AtomicReference<Throwable> lastFault = new AtomicReference<>();

  private Tracking(KafkaStreams streams) {
    this.streams = streams;
  }

  static Tracking start(KafkaStreams streams, FaultBudget faults) {
    Tracking tracking = new Tracking(streams);
    streams.setUncaughtExceptionHandler(
        fault -> {
          tracking.lastFault.set(fault);
          FaultBudget.Verdict verdict = faults.take(fault);
          if (verdict == FaultBudget.Verdict.GIVE_UP) {
            tracking.failure.compareAndSet(null, fault);
          }
          return verdict.response();
        });
    try {
      streams.start();
    } catch (IllegalStateException | StreamsException e) {
      // Without its cause, where the global thread is so quick to fail: the handler has that.
      Throwable fault = tracking.lastFault.get();
      tracking.failure.compareAndSet(null, fault == null ? e : fault);
    }
    return tracking;
  }

  /** Whether every thread has its partitions and works. */
  public boolean running() {
    return streams.state() == State.RUNNING;
  }

  /** Why the topology has ended by itself; empty while it has not. */
  public Optional<Throwable> failure() {
    if (streams.state() == State.ERROR) {
      // The global thread is never replaced, whatever the budget says.
      failure.compareAndSet(
          null,
          lastFault.get() != null
              ? lastFault.get()
              : new IllegalStateException("all stream threads have ended"));
    }
    return Optional.ofNullable(failure.get());
  }

  /** Stops, and waits until what is under way is committed. */
  @Override
  public void close() {
    if (!streams.close(PATIENCE)) {
      throw new IllegalStateException(
          "The stream threads did not end within " + PATIENCE.toSeconds() + " s");
    }
  }
}
