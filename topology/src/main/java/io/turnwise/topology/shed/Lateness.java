package io.turnwise.topology.shed;

/**
 * How far behind its source a record is processed. The one thing of the world outside that a
 * decision may rest on, and only where shedding is asked for. Thread-safe.
 */
@FunctionalInterface
public interface Lateness {
  /**
   * @param recordMillis the record's timestamp, milliseconds since the epoch
   * @param nowMillis the wall clock, milliseconds since the epoch
   * @return milliseconds, 0 or more
   */
  long millis(long recordMillis, long nowMillis);

  /** Nothing is ever late: a replay sheds nothing. */
  static Lateness none() {
    return (recordMillis, nowMillis) -> 0;
  }

  /** The age of the record. */
  static Lateness ofRecords() {
    return (recordMillis, nowMillis) -> Math.max(0, nowMillis - recordMillis);
  }
}
