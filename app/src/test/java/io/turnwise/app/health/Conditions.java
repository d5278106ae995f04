package io.turnwise.app.health;

import io.turnwise.app.health.Condition.Outage;
import io.turnwise.app.health.Condition.Phase;
import io.turnwise.app.health.Condition.Streams;
import io.turnwise.app.tracking.FaultBudget;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.streams.KafkaStreams.State;

/** Conditions an application can be in. */
final class Conditions {
  private Conditions() {}

  static Condition opening() {
    return Condition.opening();
  }

  /** Threads up for the first time, without partitions yet. */
  static Condition starting() {
    return new Condition(
        Phase.TRACKING,
        false,
        Optional.of(streams(State.REBALANCING, 0, 0, false, 0)),
        Optional.empty(),
        false,
        List.of());
  }

  static Condition running() {
    return tracking(streams(State.RUNNING, 3, 0, false, 0), false, List.of());
  }

  /** More threads than partitions. */
  static Condition idle() {
    return tracking(streams(State.RUNNING, 0, 0, false, 0), false, List.of());
  }

  static Condition rebalancing() {
    return tracking(streams(State.REBALANCING, 3, 0, false, 0), false, List.of());
  }

  static Condition degraded() {
    return tracking(streams(State.RUNNING, 3, 0, false, 0), true, List.of());
  }

  static Condition faulty() {
    return tracking(streams(State.RUNNING, 3, 4, false, 0), false, List.of());
  }

  static Condition givenUp() {
    return tracking(streams(State.PENDING_ERROR, 0, 11, true, 0), false, List.of());
  }

  static Condition dead() {
    return tracking(streams(State.ERROR, 0, 0, false, 0), false, List.of());
  }

  static Condition stuck() {
    return tracking(streams(State.RUNNING, 3, 0, false, 700_000), false, List.of());
  }

  static Condition withoutKafka() {
    return tracking(
        streams(State.RUNNING, 3, 0, false, 0),
        false,
        List.of(new Outage("Kafka has not answered for 12 s: TimeoutException", true)));
  }

  static Condition withoutRegistry() {
    return tracking(
        streams(State.RUNNING, 3, 0, false, 0),
        false,
        List.of(new Outage("the schema registry does not answer: ConnectException", false)));
  }

  static Condition stopping() {
    return new Condition(
        Phase.STOPPING,
        true,
        Optional.of(streams(State.PENDING_SHUTDOWN, 3, 0, false, 0)),
        Optional.of(lag(0, 0)),
        false,
        List.of());
  }

  private static Condition tracking(Streams streams, boolean degraded, List<Outage> outages) {
    Lag lag = degraded ? lag(4200, 12_345) : lag(3, 40);
    return new Condition(
        Phase.TRACKING, true, Optional.of(streams), Optional.of(lag), degraded, outages);
  }

  private static Streams streams(
      State state, int active, int faults, boolean givenUp, long silentMillis) {
    return new Streams(
        state,
        new TreeMap<>(Map.of(state == State.RUNNING ? "RUNNING" : "PARTITIONS_ASSIGNED", 2)),
        active,
        1,
        new FaultBudget.Count(faults, 10, Duration.ofMinutes(10), faults),
        givenUp,
        silentMillis,
        600_000);
  }

  private static Lag lag(long records, long millis) {
    return new Lag(
        new TreeMap<>(Map.of(0, new Lag.Behind(records, millis), 7, new Lag.Behind(0, 0))));
  }
}
