package io.turnwise.app.evaluate;

import java.util.List;

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
 * @param hypSpeakers number of speakers named in the hypothesis
 */
public record DiarizationError(
    long total, long miss, long falseAlarm, long confusion, int refSpeakers, int hypSpeakers) {
  public static final DiarizationError NONE = new DiarizationError(0, 0, 0, 0, 0, 0);

  /**
   * Scores a hypothesis. Channels are not looked at: all turns lie on one timeline.
   *
   * @param collar seconds on either side of each reference boundary that are not scored, 0 or more
   */
  public static DiarizationError of(List<Turn> reference, List<Turn> hypothesis, double collar) {
    return new Alignment(reference, hypothesis, collar).error();
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
}
