package io.turnwise.app.tracking;

import io.turnwise.app.CommandFailed;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.ThreadMetadata;
import org.apache.kafka.streams.errors.StreamsException;

/** The topology at work. Thread-safe. */
public final class Tracking implements AutoCloseable {
  private final KafkaStreams streams;
  private final FaultBudget faults;
  private final CloseOptions close;
  private final Duration patience;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final AtomicReference<Throwable> lastFault = new AtomicReference<>();

  private Tracking(
      KafkaStreams streams, FaultBudget faults, Duration patience, boolean leavesGroup) {
    this.streams = streams;
    this.faults = faults;
    this.patience = patience;
    this.close =
        CloseOptions.timeout(patience)
            .withGroupMembershipOperation(
                leavesGroup
                    ? GroupMembershipOperation.LEAVE_GROUP
                    : GroupMembershipOperation.REMAIN_IN_GROUP);
  }

  /**
   * @param patience how long a stop may take
   * @param leavesGroup whether others are to take over at once after a stop
   */
  static Tracking start(
      KafkaStreams streams, FaultBudget faults, Duration patience, boolean leavesGroup) {
    Tracking tracking = new Tracking(streams, faults, patience, leavesGroup);
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

  /** What the Streams client is about. */
  public State state() {
    return streams.state();
  }

  /** Its threads and their tasks. */
  public Set<ThreadMetadata> threads() {
    return streams.metadataForLocalThreads();
  }

  /** Its metrics, those of the stages among them. */
  public Map<MetricName, ? extends Metric> metrics() {
    return streams.metrics();
  }

  /** How many of its threads have failed. */
  public FaultBudget.Count faults() {
    return faults.count();
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

  /** Stops, and waits until what is under way is committed and the group knows. */
  @Override
  public void close() {
    if (!streams.close(close)) {
      throw new CommandFailed(
          "The stream threads did not end within "
              + patience.toSeconds()
              + " s. What is not committed is done again by whoever takes over; raise"
              + " turnwise.stop.timeout.ms if this happens often.");
    }
  }
}
