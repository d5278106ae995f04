package io.turnwise.app.demo;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** How long after the deciding audio was captured events came out, in milliseconds. */
final class DelayLog {
  private final List<Long> millis = new ArrayList<>();

  void add(long delayMillis) {
    millis.add(delayMillis);
  }

  boolean isEmpty() {
    return millis.isEmpty();
  }

  long median() {
    List<Long> sorted = millis.stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }

  long greatest() {
    return Collections.max(millis);
  }
}
