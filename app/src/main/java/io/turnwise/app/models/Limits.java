package io.turnwise.app.models;

import java.time.Duration;

/**
 * How patient a download is, and how much it takes.
 *
 * @param connect for a connection to be made
 * @param answer for an answer to begin, with the connection
 * @param patience for {@code leastBytes} of it to arrive
 * @param leastBytes bytes that must arrive within {@code patience}
 * @param attempts requests without progress, at most
 * @param progress bytes beyond the furthest point so far that count as progress
 * @param firstPause before the second attempt; each later one is twice as long
 * @param longestPause the longest, also where the server asks for more
 * @param redirects followed for one request, at most
 * @param mostBytes taken where the manifest does not know the size
 */
record Limits(
    Duration connect,
    Duration answer,
    Duration patience,
    int leastBytes,
    int attempts,
    long progress,
    Duration firstPause,
    Duration longestPause,
    int redirects,
    long mostBytes) {
  /** More could not be read into one array. */
  private static final long TWO_GIBIBYTES = 1L << 31;

  static final Limits USUAL =
      new Limits(
          Duration.ofSeconds(20),
          Duration.ofSeconds(50),
          Duration.ofSeconds(30),
          32 * 1024,
          6,
          1 << 20,
          Duration.ofSeconds(1),
          Duration.ofSeconds(30),
          5,
          TWO_GIBIBYTES);

  Limits {
    positive("connect", connect.toNanos());
    positive("answer", answer.toNanos());
    positive("patience", patience.toNanos());
    positive("leastBytes", leastBytes);
    positive("attempts", attempts);
    positive("progress", progress);
    positive("redirects", redirects);
    positive("mostBytes", mostBytes);
    if (firstPause.isNegative() || longestPause.compareTo(firstPause) < 0) {
      throw new IllegalArgumentException(
          "firstPause: " + firstPause + " is not between 0 and longestPause " + longestPause);
    }
  }

  /** Before the next attempt, after so many in a row without progress, counted from 1. */
  Duration pause(int failures) {
    Duration pause = firstPause.multipliedBy(1L << Math.min(failures - 1, 20));
    return pause.compareTo(longestPause) > 0 ? longestPause : pause;
  }

  private static void positive(String field, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException(field + ": " + value + " is not positive");
    }
  }
}
