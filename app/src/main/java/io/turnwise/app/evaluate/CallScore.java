package io.turnwise.app.evaluate;

import java.util.List;

/**
 * How good the events of one or more files are.
 *
 * @param files how many
 * @param revised the labels after all events
 * @param first the labels that were published first
 * @param events number of events
 * @param seconds length of the recordings
 */
record CallScore(
    int files, LabelScore revised, LabelScore first, Delays delays, long events, double seconds) {
  static final CallScore NONE =
      new CallScore(0, LabelScore.NONE, LabelScore.NONE, Delays.NONE, 0, 0);

  /**
   * Scores one file.
   *
   * @param collar seconds, 0 or more
   * @param seconds length of the recording
   */
  static CallScore of(List<Turn> reference, Replayed replayed, double collar, double seconds) {
    List<Turn> revised = replayed.revised();
    return new CallScore(
        1,
        LabelScore.of(reference, revised, collar),
        LabelScore.of(reference, replayed.firstPublished(), collar),
        Delays.of(
            SpeakingTurn.of(reference),
            replayed.events(),
            new Alignment(reference, revised, 0).partners()),
        replayed.events().size(),
        seconds);
  }

  CallScore plus(CallScore other) {
    return new CallScore(
        files + other.files,
        revised.plus(other.revised),
        first.plus(other.first),
        delays.plus(other.delays),
        events + other.events,
        seconds + other.seconds);
  }

  double eventsPerMinute() {
    return seconds == 0 ? 0 : 60 * events / seconds;
  }

  double perHour(long count) {
    return seconds == 0 ? 0 : 3600 * count / seconds;
  }
}
