package io.turnwise.app.evaluate;

import static io.turnwise.app.evaluate.DiarizationErrorTest.turns;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AlignmentTest {
  private static final List<Turn> REFERENCE = turns("0.0 2.0 A;1.5 2.0 B;4.0 1.1 A");
  private static final List<Turn> HYPOTHESIS = turns("0.0 0.8 1;0.6 1.7 2;2.1 1.8 3;3.8 1.4 1");

  @Test
  void shouldTellWhoIsWho() {
    // When
    Map<String, String> partners = new Alignment(REFERENCE, HYPOTHESIS, 0).partners();

    // Then: as spyder's README has it
    assertEquals(Map.of("A", "1", "B", "3"), partners);
  }

  @Test
  void shouldAverageJaccardErrorsOverTheSpeakersOfTheReference() {
    // When
    JaccardError error = new Alignment(REFERENCE, HYPOTHESIS, 0).jaccard();

    // Then: A and 1 share 1.9 of 3.4 s, B and 3 share 1.4 of 2.4 s
    assertEquals(1 - (1.9 / 3.4 + 1.4 / 2.4) / 2, error.rate(), 1e-9);
  }

  @Test
  void shouldCountASpeakerWithoutPartnerAsWhollyWrong() {
    // When
    JaccardError error = new Alignment(turns("0 2 A;2 2 B"), turns("0 2 1"), 0).jaccard();

    // Then
    assertEquals(0.5, error.rate());
  }

  @Test
  void shouldPairByJaccardIndexWhereThatDiffersFromCommonTime() {
    // Given: 1 shares more time with A, but speaks so long that 2 is more like A
    List<Turn> reference = turns("0 10 A");
    List<Turn> hypothesis = turns("0 6 1;20 40 1;6 4 2");

    // When
    Alignment alignment = new Alignment(reference, hypothesis, 0);

    // Then
    assertEquals(Map.of("A", "1"), alignment.partners());
    assertEquals(1 - 0.4, alignment.jaccard().rate(), 1e-9);
  }

  @Test
  void shouldHaveNoJaccardErrorWhereNobodySpeaksAndAllOfItWhereSomebodyWasInvented() {
    // Then
    assertEquals(0, new Alignment(List.of(), List.of(), 0).jaccard().rate());
    assertEquals(1, new Alignment(List.of(), turns("0 1 S1"), 0).jaccard().rate());
    assertEquals(1, new Alignment(turns("0 1 A"), List.of(), 0).jaccard().rate());
    assertEquals(1, new Alignment(turns("0 1 A"), turns("0 1 unknown"), 0).jaccard().rate());
  }

  @Test
  void shouldCountASwitchWhereASpeakersNameChanges() {
    // Given: A is S1, S2, and after B spoke still S2, then S1 again
    List<Turn> reference = turns("0 4 A;4 2 B;6 4 A");
    List<Turn> hypothesis = turns("0 2 S1;2 2 S2;4 2 S3;6 2 S2;8 2 S1");

    // When
    long switches = new Alignment(reference, hypothesis, 0).switches();

    // Then
    assertEquals(2, switches);
  }

  @Test
  void shouldRememberASpeakersNameOverPauses() {
    // When
    long switches =
        new Alignment(turns("0 2 A;2 2 B;10 2 A"), turns("0 2 S1;2 2 S2;10 2 S3"), 0).switches();

    // Then
    assertEquals(1, switches);
  }

  @Test
  void shouldNotTakeALateBoundaryWithinTheCollarForASwitch() {
    // Given
    List<Turn> reference = turns("0 2 A;2 2 B;4 2 A");
    List<Turn> late = turns("0 2.2 S1;2.2 2.0 S2;4.2 1.8 S1");

    // Then
    assertEquals(0, new Alignment(reference, late, 0.25).switches());
    assertEquals(3, new Alignment(reference, late, 0).switches());
  }

  @Test
  void shouldNotTakeNobodyOrOverlapForASwitch() {
    // Given: A is nobody for a while, and two speak at once
    List<Turn> reference = turns("0 6 A;2 1 B");
    List<Turn> hypothesis = turns("0 2 S1;2 1 S2;3 1 unknown;4 2 S1;5 1 S2");

    // When
    long switches = new Alignment(reference, hypothesis, 0).switches();

    // Then
    assertEquals(0, switches);
  }

  @Test
  void shouldAgreeWithANaiveTwinWhateverSpeaks() {
    for (long seed = 1; seed <= 40; seed++) {
      // Given
      Random random = new Random(seed);
      List<Turn> reference = random(random, "abc", false);
      List<Turn> hypothesis = random(random, "wxyz", true);

      // When
      Alignment alignment = new Alignment(reference, hypothesis, 0);

      // Then
      String where = "seed " + seed;
      Naive naive = new Naive(reference, hypothesis);
      DiarizationError error = alignment.error();
      assertEquals(naive.wrong(), error.miss() + error.falseAlarm() + error.confusion(), where);
      assertEquals(naive.jaccard(), alignment.jaccard().rate(), 1e-9, where);
    }
  }

  private static List<Turn> random(Random random, String names, boolean unknown) {
    List<Turn> turns = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      String name = String.valueOf(names.charAt(random.nextInt(names.length())));
      turns.add(
          new Turn(
              1,
              random.nextInt(400) / 100.0,
              (1 + random.nextInt(80)) / 100.0,
              unknown && random.nextInt(4) == 0 ? Hypothesis.UNKNOWN : name));
    }
    return turns;
  }

  /** Tries every mapping, frame by frame. */
  private static final class Naive {
    private final List<Turn> reference;
    private final List<Turn> hypothesis;
    private final List<String> refNames;
    private final List<String> hypNames;

    Naive(List<Turn> reference, List<Turn> hypothesis) {
      this.reference = reference;
      this.hypothesis = hypothesis;
      this.refNames = reference.stream().map(Turn::speaker).distinct().toList();
      this.hypNames =
          hypothesis.stream()
              .map(Turn::speaker)
              .distinct()
              .filter(name -> !name.equals(Hypothesis.UNKNOWN))
              .toList();
    }

    /** Frames times the larger number of speakers less those who are right, at best. */
    long wrong() {
      long frames = 0;
      for (int f = 0; f < 600; f++) {
        long inRef = count(reference, f);
        long inHyp = count(hypothesis, f);
        frames += Math.max(inRef, inHyp);
      }
      return frames
          - Math.round(best(0, new boolean[hypNames.size()], (r, h) -> (double) common(r, h)));
    }

    double jaccard() {
      double indices =
          best(
              0,
              new boolean[hypNames.size()],
              (r, h) -> {
                double common = common(r, h);
                return common / (time(reference, r) + time(hypothesis, h) - common);
              });
      return 1 - indices / refNames.size();
    }

    private interface Gain {
      double of(String ref, String hyp);
    }

    private double best(int r, boolean[] taken, Gain gain) {
      if (r == refNames.size()) {
        return 0;
      }
      double best = best(r + 1, taken, gain);
      for (int h = 0; h < taken.length; h++) {
        if (!taken[h]) {
          taken[h] = true;
          double own = gain.of(refNames.get(r), hypNames.get(h));
          best = Math.max(best, own + best(r + 1, taken, gain));
          taken[h] = false;
        }
      }
      return best;
    }

    private long common(String ref, String hyp) {
      long common = 0;
      for (int f = 0; f < 600; f++) {
        common += speaks(reference, ref, f) && speaks(hypothesis, hyp, f) ? 1 : 0;
      }
      return common;
    }

    private static double time(List<Turn> turns, String name) {
      long time = 0;
      for (int f = 0; f < 600; f++) {
        time += speaks(turns, name, f) ? 1 : 0;
      }
      return time;
    }

    private static long count(List<Turn> turns, int frame) {
      return turns.stream()
          .map(Turn::speaker)
          .distinct()
          .filter(name -> speaks(turns, name, frame))
          .count();
    }

    private static boolean speaks(List<Turn> turns, String name, int frame) {
      double middle = (frame + 0.5) / 100;
      return turns.stream()
          .anyMatch(
              turn -> turn.speaker().equals(name) && turn.start() < middle && middle < turn.end());
    }
  }
}
