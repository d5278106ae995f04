package io.turnwise.app.overload;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What was seen while so many calls were going on.
 *
 * @param shed what was allowed to be left out
 * @param channels calls at a time
 * @param percent of the capacity that is
 * @param seconds for how long
 * @param lagMillis how far it was behind, a second apart
 * @param residentBytes memory of the process, likewise; empty where the system does not say
 * @param degraded whether it said that it is degraded
 * @param recoverySeconds from when there were fewer calls until it was no longer behind; NaN where
 *     that was not looked at or did not happen in time
 * @param embedded segments embedded
 * @param leftOut segments left out
 * @param speakers how many were found in a call without load
 * @param found how many were found in each call that was played to its end
 */
record Phase(
    String shed,
    int channels,
    int percent,
    int seconds,
    List<Long> lagMillis,
    List<Long> residentBytes,
    boolean degraded,
    double recoverySeconds,
    long embedded,
    long leftOut,
    int speakers,
    List<Integer> found) {
  private static final int QUARTERS = 4;
  private static final int LEAST_OF_A_QUARTER = 2;

  Phase {
    lagMillis = List.copyOf(lagMillis);
    residentBytes = List.copyOf(residentBytes);
    found = List.copyOf(found);
  }

  /** Calls that were played to their end. */
  int calls() {
    return found.size();
  }

  /** Of these, in which as many speakers were found as without load: none lost, none invented. */
  int whole() {
    return (int) found.stream().filter(count -> count == speakers).count();
  }

  long mostLagMillis() {
    return lagMillis.stream().mapToLong(Long::longValue).max().orElse(0);
  }

  long lastLagMillis() {
    return lagMillis.isEmpty() ? 0 : lagMillis.get(lagMillis.size() - 1);
  }

  long mostResidentBytes() {
    return residentBytes.stream().mapToLong(Long::longValue).max().orElse(0);
  }

  /**
   * By how many percent the median of the last quarter of the memory's samples is above that of the
   * second; the first is left to caches and the compiler. Empty for fewer than 8 samples.
   */
  OptionalDouble growthPercent() {
    int quarter = residentBytes.size() / QUARTERS;
    if (quarter < LEAST_OF_A_QUARTER) {
      return OptionalDouble.empty();
    }
    double before = median(residentBytes.subList(quarter, 2 * quarter));
    double after =
        median(residentBytes.subList(residentBytes.size() - quarter, residentBytes.size()));
    return OptionalDouble.of(100 * (after - before) / before);
  }

  /**
   * Why the memory did not pass: it grew by more than so many percent, or nobody can tell; empty
   * where it passed.
   */
  Optional<String> memoryFault(double limit) {
    OptionalDouble growth = growthPercent();
    if (residentBytes.isEmpty()) {
      return Optional.of(
          "Whether the memory grew cannot be judged: this system does not say what a process"
              + " holds.");
    }
    if (growth.isEmpty()) {
      return Optional.of(
          "Whether the memory grew cannot be judged from "
              + residentBytes.size()
              + " samples, one a second: "
              + QUARTERS * LEAST_OF_A_QUARTER
              + " are needed; raise --minutes.");
    }
    return growth.getAsDouble() <= limit
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "The memory grew by %.1f %%, and the limit is %s %%.",
                growth.getAsDouble(),
                limit));
  }

  private static double median(List<Long> samples) {
    long[] sorted = samples.stream().mapToLong(Long::longValue).toArray();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
