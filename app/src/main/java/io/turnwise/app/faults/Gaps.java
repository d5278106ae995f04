package io.turnwise.app.faults;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How long a call's outputs stood still. A gap is the time between two outputs of one call, or from
 * its first chunk to its first output, as a consumer of committed records sees them; pauses in the
 * speech are gaps too, so that the figures are never too small. A gap belongs to the faults that
 * were under way in it or else to the last that had begun, and to none before the first.
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
   * @param begins when each call's first chunk was sent
   */
  static List<Gap> of(List<Output> outputs, Map<String, Long> begins) {
    Map<String, List<Long>> seen = new HashMap<>();
    begins.forEach((call, nanos) -> seen.put(call, new ArrayList<>(List.of(nanos))));
    for (Output output : outputs) {
      List<Long> times = seen.get(output.key());
      if (times != null) {
        times.add(output.nanos());
      }
    }
    List<Gap> gaps = new ArrayList<>();
    seen.forEach(
        (call, times) -> {
          times.sort(null);
          for (int i = 1; i < times.size(); i++) {
            gaps.add(new Gap(call, times.get(i - 1), times.get(i)));
          }
        });
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
