package io.turnwise.app.faults;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * How long a call's outputs stood still, as a consumer of committed records sees them. A gap begins
 * when an output is due or, if that is later, with the output of the call before it, and ends with
 * the output: pauses in the speech are no gaps, and the usual time from the audio to its output is
 * in each. A gap belongs to the faults that were under way in it or else to the last that had
 * begun, and to none before the first.
 */
final class Gaps {
  private Gaps() {}

  /** A call's outputs stood still between two moments. */
  record Gap(String call, long fromNanos, long toNanos) {
    long millis() {
      return (toNanos - fromNanos) / 1_000_000;
    }
  }

  /**
   * All gaps.
   *
   * @param dueNanos when an output could be there at the earliest
   */
  static List<Gap> of(List<Output> outputs, ToLongFunction<Output> dueNanos) {
    List<Output> seen = new ArrayList<>(outputs);
    seen.sort((one, other) -> Long.compare(one.nanos() - other.nanos(), 0));
    Map<String, Long> before = new HashMap<>();
    List<Gap> gaps = new ArrayList<>();
    for (Output output : seen) {
      long from = dueNanos.applyAsLong(output);
      Long previous = before.put(output.key(), output.nanos());
      if (previous != null && previous - from > 0) {
        from = previous;
      }
      gaps.add(new Gap(output.key(), from, output.nanos()));
    }
    return gaps;
  }

  static long longestMillis(List<Gap> gaps) {
    return gaps.stream().mapToLong(Gap::millis).max().orElse(0);
  }

  /**
   * The longest gap, in milliseconds, by the faults it belongs to: the ids of their kinds, joined
   * by a plus sign.
   */
  static Map<String, Long> longestByFault(List<Gap> gaps, List<DoneFault> faults) {
    Map<String, Long> longest = new TreeMap<>();
    for (Gap gap : gaps) {
      String of = faultsOf(gap, faults);
      if (!of.isEmpty()) {
        longest.merge(of, gap.millis(), Math::max);
      }
    }
    return longest;
  }

  private static String faultsOf(Gap gap, List<DoneFault> faults) {
    List<DoneFault> under =
        faults.stream()
            .filter(
                fault ->
                    fault.fromNanos() - gap.toNanos() <= 0
                        && fault.toNanos() - gap.fromNanos() >= 0)
            .toList();
    if (under.isEmpty()) {
      under =
          faults.stream()
              .filter(fault -> fault.fromNanos() - gap.fromNanos() <= 0)
              .reduce((earlier, later) -> later)
              .stream()
              .toList();
    }
    return under.stream()
        .map(fault -> fault.planned().kind().id())
        .distinct()
        .sorted()
        .collect(Collectors.joining("+"));
  }
}
