package io.turnwise.app.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Diarization error after NIST's RT-09 evaluation plan, in 10 ms frames, overlap scored: in each
 * frame the reference speakers beyond the number of the hypothesis's are missed, the hypothesis's
 * beyond the reference's are false alarms, and the others are confused unless they are each other's
 * partner in the one-to-one mapping of speakers that is best for the whole file.
 *
 * @param total frames of reference speech, each counted once a speaker
 * @param miss frames of missed speech
 * @param falseAlarm frames of speech that is not there
 * @param confusion frames of speech given to the wrong speaker
 * @param refSpeakers number of speakers in the reference
 * @param hypSpeakers number of speakers in the hypothesis
 */
public record DiarizationError(
    long total, long miss, long falseAlarm, long confusion, int refSpeakers, int hypSpeakers) {
  public static final DiarizationError NONE = new DiarizationError(0, 0, 0, 0, 0, 0);

  /** Frames a second. */
  private static final int RATE = 100;

  /**
   * Scores a hypothesis. Channels are not looked at: all turns lie on one timeline.
   *
   * @param collar seconds on either side of each reference boundary that are not scored, 0 or more
   */
  public static DiarizationError of(List<Turn> reference, List<Turn> hypothesis, double collar) {
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
    List<String> refNames = names(reference);
    List<String> hypNames = names(hypothesis);
    boolean[][] ref = active(reference, refNames, frames);
    boolean[][] hyp = active(hypothesis, hypNames, frames);
    boolean[] skipped = new boolean[frames];
    if (collar > 0) {
      for (Turn turn : reference) {
        mark(skipped, turn.start() - collar, turn.start() + collar);
        mark(skipped, turn.end() - collar, turn.end() + collar);
      }
    }
    long[][] together = new long[ref.length][hyp.length];
    for (int r = 0; r < ref.length; r++) {
      for (int h = 0; h < hyp.length; h++) {
        for (int i = 0; i < frames; i++) {
          if (!skipped[i] && ref[r][i] && hyp[h][i]) {
            together[r][h]++;
          }
        }
      }
    }
    int[] partner = Assignment.best(together);
    long total = 0;
    long miss = 0;
    long falseAlarm = 0;
    long confusion = 0;
    for (int i = 0; i < frames; i++) {
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
    return new DiarizationError(
        total, miss, falseAlarm, confusion, refNames.size(), hypNames.size());
  }

  /** The error of several files together. */
  public DiarizationError plus(DiarizationError other) {
    return new DiarizationError(
        total + other.total,
        miss + other.miss,
        falseAlarm + other.falseAlarm,
        confusion + other.confusion,
        refSpeakers + other.refSpeakers,
        hypSpeakers + other.hypSpeakers);
  }

  /** The error rate as a fraction of the reference's speech; may exceed 1. */
  public double rate() {
    return fraction(miss + falseAlarm + confusion);
  }

  /**
   * A number of frames as a fraction of the reference's speech. Without any reference speech: 0 for
   * no frames, 1 otherwise.
   */
  public double fraction(long frames) {
    if (total == 0) {
      return frames == 0 ? 0 : 1;
    }
    return (double) frames / total;
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
