package io.turnwise.app.evaluate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A speaker has the floor: speech of one speaker, pauses included, until another one's begins.
 *
 * @param start seconds at which its first speech begins
 * @param end seconds at which its last speech ends
 */
record SpeakingTurn(String speaker, double start, double end) {
  /**
   * The turns of a file, channels on one timeline: speech in the order in which it begins, what
   * follows one another from one speaker taken together.
   */
  static List<SpeakingTurn> of(List<Turn> speech) {
    List<Turn> ordered = new ArrayList<>(speech);
    ordered.removeIf(turn -> turn.duration() == 0);
    ordered.sort(
        Comparator.comparingDouble(Turn::start)
            .thenComparingDouble(Turn::end)
            .thenComparing(Turn::speaker));
    List<SpeakingTurn> turns = new ArrayList<>();
    for (Turn next : ordered) {
      int last = turns.size() - 1;
      if (last >= 0 && turns.get(last).speaker.equals(next.speaker())) {
        SpeakingTurn before = turns.get(last);
        turns.set(
            last, new SpeakingTurn(before.speaker, before.start, Math.max(before.end, next.end())));
      } else {
        turns.add(new SpeakingTurn(next.speaker(), next.start(), next.end()));
      }
    }
    return turns;
  }
}
