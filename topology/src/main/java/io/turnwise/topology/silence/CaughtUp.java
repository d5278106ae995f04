package io.turnwise.topology.silence;

import java.util.Optional;

/**
 * Up to when it is known that all a partition held has been processed: what has not come by then
 * was not sent, and is not only waiting its turn. Not thread-safe.
 */
final class CaughtUp {
  private long until;
  private long next;
  private long processed;
  private Optional<Look> earlier = Optional.empty();

  private record Look(long atMillis, InputProgress.Reading reading, long processed) {}

  /**
   * @param nowMillis from when on
   */
  CaughtUp(long nowMillis) {
    this.until = nowMillis;
  }

  /** A record has been processed. */
  void processed(long offset) {
    next = offset + 1;
    processed++;
  }

  /**
   * Looks.
   *
   * @param reading how far the consumer has come; empty where that is not known
   */
  void look(long nowMillis, Optional<InputProgress.Reading> reading) {
    if (earlier.isPresent() && done(earlier.get(), reading)) {
      until = earlier.get().atMillis();
      earlier = Optional.empty();
    }
    if (reading.isPresent()) {
      Look now = new Look(nowMillis, reading.get(), processed);
      if (processed > 0 && next >= now.reading().end()) {
        until = nowMillis;
        earlier = Optional.empty();
      } else if (earlier.isEmpty()) {
        earlier = Optional.of(now);
      }
    }
  }

  /** In milliseconds of the looks; never less than before. */
  long until() {
    return until;
  }

  private boolean done(Look look, Optional<InputProgress.Reading> reading) {
    if (processed > 0 && next >= look.reading().end()) {
      return true;
    }
    // The end of a transaction takes an offset too, and is no record.
    return look.reading().position() >= look.reading().end()
        && look.processed() == processed
        && reading.isPresent()
        && reading.get().position() == look.reading().position();
  }
}
