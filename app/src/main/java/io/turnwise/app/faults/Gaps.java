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
 * begun, and to none before the first. A fault is under way until it is healed and, after that,
 * until every call that stood still at that moment has put out something again.
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
    List<Effect> effects = faults.stream().map(fault -> Effect.of(fault, gaps)).toList();
    for (Gap gap : gaps) {
      String of = faultsOf(gap, effects);
      if (!of.isEmpty()) {
        longest.merge(of, gap.millis(), Math::max);
      }
    }
    return longest;
  }

  /** When a fault was under way. */
  private record Effect(FaultKind kind, long fromNanos, long toNanos) {
    static Effect of(DoneFault fault, List<Gap> gaps) {
      long to = fault.toNanos();
      for (Gap gap : gaps) {
        if (gap.fromNanos() - fault.toNanos() <= 0 && gap.toNanos() - to > 0) {
          to = gap.toNanos();
        }
      }
      return new Effect(fault.planned().kind(), fault.fromNanos(), to);
    }
  }

  private static String faultsOf(Gap gap, List<Effect> effects) {
    List<Effect> under =
        effects.stream()
            .filter(
                effect ->
                    effect.fromNanos() - gap.toNanos() <= 0
                        && effect.toNanos() - gap.fromNanos() > 0)
            .toList();
    if (under.isEmpty()) {
      under =
          effects.stream()
              .filter(effect -> effect.fromNanos() - gap.fromNanos() <= 0)
              .reduce((earlier, later) -> later)
              .stream()
              .toList();
    }
    return under.stream()
        .map(effect -> effect.kind().id())
        .distinct()
        .sorted()
        .collect(Collectors.joining("+"));
  }
}
