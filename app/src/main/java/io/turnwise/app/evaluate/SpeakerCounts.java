package io.turnwise.app.evaluate;

/**
 * How far the number of speakers found is from that of the reference.
 *
 * @param files how many files
 * @param right in how many of them the number is right
 * @param sum of the distances, regardless of sign
 * @param largest of them
 */
record SpeakerCounts(int files, int right, long sum, int largest) {
  static final SpeakerCounts NONE = new SpeakerCounts(0, 0, 0, 0);

  static SpeakerCounts of(DiarizationError error) {
    int off = Math.abs(error.hypSpeakers() - error.refSpeakers());
    return new SpeakerCounts(1, off == 0 ? 1 : 0, off, off);
  }

  SpeakerCounts plus(SpeakerCounts other) {
    return new SpeakerCounts(
        files + other.files,
        right + other.right,
        sum + other.sum,
        Math.max(largest, other.largest));
  }

  /** Mean distance; 0 of no files. */
  double mean() {
    return files == 0 ? 0 : (double) sum / files;
  }
}
