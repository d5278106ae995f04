package io.turnwise.topology.track;

/** What one segment says about who speaks, as far as is known when it is heard. */
public sealed interface Decision {
  /** Why nothing can be said of a segment. */
  enum Reason {
    /** No segment was heard: a channel ended. */
    NOTHING_HEARD,
    /** There is too little speech in it, or only what leaks over from another channel. */
    TOO_LITTLE_SPEECH,
    /** It lies across a change: it may hold two voices. */
    TWO_VOICES
  }

  /**
   * A voice of the call, or an enrolled one.
   *
   * @param speaker its name
   * @param score cosine with its centroid, -1 to 1
   * @param margin how far that is above the runner-up's, 0 to 2
   * @param logLikelihoodRatio natural logarithm of how much likelier the segment is of the speaker
   *     than of somebody unknown; NaN without a calibration
   */
  record Match(String speaker, double score, double margin, double logLikelihoodRatio)
      implements Decision {}

  /**
   * A voice nobody in the call had so far: there is enough of it now to name it.
   *
   * @param minted its name
   * @param nearest cosine with the nearest voice known before; -1 where there was none
   */
  record NewVoice(String minted, double nearest) implements Decision {}

  /**
   * Speech, but of nobody who may be named yet.
   *
   * @param nearest cosine with the nearest voice; -1 where there is none
   */
  record Unknown(double nearest) implements Decision {}

  /** Nothing can be said. */
  record Inconclusive(Reason why) implements Decision {}
}
