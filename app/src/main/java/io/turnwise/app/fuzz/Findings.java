package io.turnwise.app.fuzz;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What is found out about one target. Not thread-safe. */
final class Findings {
  private static final int MOST_DEFECTS = 10;
  private static final int MOST_BYTES = 8192;
  private static final int FRAMES = 6;

  /**
   * Something that must not happen.
   *
   * @param number of the case, from 0
   * @param what happened: an exception with its place, or what was not as it must be
   * @param input the case's bytes in Base64; empty where they are too many
   */
  record Defect(long number, String what, String input) {}

  private final String target;
  private final SortedMap<String, Long> outcomes = new TreeMap<>();
  private final List<Defect> defects = new ArrayList<>();
  private long cases;
  private long nanos;
  private long slowestNanos;
  private long slowestCase;
  private long defectCount;
  private int ends;

  Findings(String target) {
    this.target = target;
  }

  void count(String outcome, long caseNanos) {
    outcomes.merge(outcome, 1L, Long::sum);
    if (caseNanos > slowestNanos) {
      slowestNanos = caseNanos;
      slowestCase = cases;
    }
    cases++;
  }

  /** Notes a defect of the case that is counted next. */
  void defect(String what, byte[] input) {
    defectCount++;
    if (defects.size() < MOST_DEFECTS) {
      String text = input.length <= MOST_BYTES ? Base64.getEncoder().encodeToString(input) : "";
      defects.add(new Defect(cases, what, text));
    }
  }

  static String describe(Throwable failure) {
    StringBuilder text = new StringBuilder(failure.getClass().getName());
    StackTraceElement[] stack = failure.getStackTrace();
    for (int i = 0; i < Math.min(FRAMES, stack.length); i++) {
      text.append(i == 0 ? " at " : " < ").append(stack[i]);
    }
    return failure.getCause() == null || failure.getCause() == failure
        ? text.toString()
        : text + " caused by " + describe(failure.getCause());
  }

  void took(long allNanos) {
    nanos = allNanos;
  }

  void ends(int different) {
    ends = different;
  }

  String target() {
    return target;
  }

  long cases() {
    return cases;
  }

  SortedMap<String, Long> outcomes() {
    return outcomes;
  }

  List<Defect> defects() {
    return defects;
  }

  long defectCount() {
    return defectCount;
  }

  int ends() {
    return ends;
  }

  double casesPerSecond() {
    return nanos == 0 ? 0 : cases * 1e9 / nanos;
  }

  double slowestMillis() {
    return slowestNanos / 1e6;
  }

  long slowestCase() {
    return slowestCase;
  }
}
