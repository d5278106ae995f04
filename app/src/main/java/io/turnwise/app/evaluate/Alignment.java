package io.turnwise.app.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Who speaks when in a reference and in a hypothesis, in frames of 10 ms on one timeline, and which
 * speaker of the one is which of the other. Channels are not looked at.
 *
 * <p>{@link Hypothesis#UNKNOWN} is speech of nobody who was named. It counts as speech, and is
 * never anybody's partner: it cannot be right.
 */
final class Alignment {
  /** Frames a second. */
  private static final int RATE = 100;

  /** Jaccard indices are assigned as whole numbers of this part. */
  private static final long JACCARD_UNIT = 1L << 40;

  private final List<String> refNames;
  private final List<String> hypNames;
  private final boolean[][] ref;
  private final boolean[][] hyp;
  private final boolean[] skipped;
  private final long[][] together;
  private final int[] partner;

  /**
   * @param collar seconds on either side of each reference boundary that are not looked at, 0 or
   *     more
   */
  Alignment(List<Turn> reference, List<Turn> hypothesis, double collar) {
    if (!(collar >= 0)) {
      throw new IllegalArgumentException("collar is " + collar + " s, must be 0 or more");
    }
    double end = 0;
    for (Turn turn : reference) {
      end = Math.max(end, turn.end());
    }
    for (Turn turn : hypothesis) {
      end = Math.max(end, turn.end());
    }
    int frames = (int) (end * RATE) + 1;
    refNames = names(reference);
    hypNames = names(hypothesis);
    ref = active(reference, refNames, frames);
    hyp = active(hypothesis, hypNames, frames);
    skipped = new boolean[frames];
    if (collar > 0) {
      for (Turn turn : reference) {
        mark(skipped, turn.start() - collar, turn.start() + collar);
        mark(skipped, turn.end() - collar, turn.end() + collar);
      }
    }
    together = new long[ref.length][hyp.length];
    for (int r = 0; r < ref.length; r++) {
      for (int h = 0; h < hyp.length; h++) {
        if (!hypNames.get(h).equals(Hypothesis.UNKNOWN)) {
          together[r][h] = both(ref[r], hyp[h]);
        }
      }
    }
    partner = Assignment.best(together);
  }

  /**
   * Who of the hypothesis is who of the reference: the one-to-one mapping with the most common
   * time. Speakers of the reference who are nobody are left out.
   */
  Map<String, String> partners() {
    SortedMap<String, String> partners = new TreeMap<>();
    for (int r = 0; r < partner.length; r++) {
      if (partner[r] >= 0) {
        partners.put(refNames.get(r), hypNames.get(partner[r]));
      }
    }
    return partners;
  }

  DiarizationError error() {
    long total = 0;
    long miss = 0;
    long falseAlarm = 0;
    long confusion = 0;
    for (int i = 0; i < skipped.length; i++) {
      if (skipped[i]) {
        continue;
      }
      int inRef = 0;
      int inHyp = 0;
      int right = 0;
      for (int r = 0; r < ref.length; r++) {
        if (ref[r][i]) {
          inRef++;
          if (partner[r] >= 0 && hyp[partner[r]][i]) {
            right++;
          }
        }
      }
      for (boolean[] speaker : hyp) {
        if (speaker[i]) {
          inHyp++;
        }
      }
      total += inRef;
      miss += Math.max(0, inRef - inHyp);
      falseAlarm += Math.max(0, inHyp - inRef);
      confusion += Math.min(inRef, inHyp) - right;
    }
    int named = hypNames.size() - (hypNames.contains(Hypothesis.UNKNOWN) ? 1 : 0);
    return new DiarizationError(total, miss, falseAlarm, confusion, refNames.size(), named);
  }

  /** By the mapping of greatest total Jaccard index, which need not be that of the error. */
  JaccardError jaccard() {
    long[][] index = new long[ref.length][hyp.length];
    for (int r = 0; r < ref.length; r++) {
      for (int h = 0; h < hyp.length; h++) {
        index[r][h] = Math.round(index(r, h) * JACCARD_UNIT);
      }
    }
    int[] best = Assignment.best(index);
    double sum = 0;
    int speakers = 0;
    for (int r = 0; r < ref.length; r++) {
      if (both(ref[r], ref[r]) > 0) {
        speakers++;
        sum += best[r] < 0 ? 1 : 1 - index(r, best[r]);
      }
    }
    return new JaccardError(sum, speakers, hyp.length > 0);
  }

  private double index(int r, int h) {
    long union = both(ref[r], ref[r]) + both(hyp[h], hyp[h]) - together[r][h];
    return union == 0 ? 0 : (double) together[r][h] / union;
  }

  /**
   * How often the name changes while one and the same speaker of the reference speaks. Looked at
   * are frames in which one speaker of the reference speaks and one of the hypothesis who is named;
   * a switch is where that name is another than in the speaker's last such frame, however long ago.
   */
  long switches() {
    int[] last = new int[ref.length];
    Arrays.fill(last, -1);
    long switches = 0;
    for (int i = 0; i < skipped.length; i++) {
      int r = only(ref, i);
      int h = only(hyp, i);
      if (!skipped[i] && r >= 0 && h >= 0 && !hypNames.get(h).equals(Hypothesis.UNKNOWN)) {
        if (last[r] >= 0 && last[r] != h) {
          switches++;
        }
        last[r] = h;
      }
    }
    return switches;
  }

  /** The speaker who speaks alone in a frame; -1 where there is none. */
  private static int only(boolean[][] active, int frame) {
    int only = -1;
    for (int s = 0; s < active.length; s++) {
      if (active[s][frame]) {
        if (only >= 0) {
          return -1;
        }
        only = s;
      }
    }
    return only;
  }

  private long both(boolean[] one, boolean[] other) {
    long both = 0;
    for (int i = 0; i < skipped.length; i++) {
      if (!skipped[i] && one[i] && other[i]) {
        both++;
      }
    }
    return both;
  }

  private static List<String> names(List<Turn> turns) {
    TreeSet<String> names = new TreeSet<>();
    turns.forEach(turn -> names.add(turn.speaker()));
    return new ArrayList<>(names);
  }

  private static boolean[][] active(List<Turn> turns, List<String> names, int frames) {
    boolean[][] active = new boolean[names.size()][frames];
    for (Turn turn : turns) {
      mark(active[names.indexOf(turn.speaker())], turn.start(), turn.end());
    }
    return active;
  }

  private static void mark(boolean[] frames, double start, double end) {
    int from = (int) Math.max(0, Math.rint(start * RATE));
    int to = (int) Math.min(frames.length, Math.rint(end * RATE));
    for (int i = from; i < to; i++) {
      frames[i] = true;
    }
  }
}
