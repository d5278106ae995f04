package io.turnwise.app.evaluate;

import io.turnwise.avro.SpeakerChange;
import java.util.List;
import java.util.SortedMap;

/** Who spoke when, as all events of a call and the speech gate together say it. */
public final class SpokenTurns {
  private SpokenTurns() {}

  /**
   * Labels detected speech. Where nobody is named, {@link Hypothesis#UNKNOWN} speaks.
   *
   * @param speech by channel, from 0
   * @param events of one call; all are applied
   * @return all channels' turns in the order of their beginning
   */
  public static List<Turn> of(
      SortedMap<Integer, SpeechTimeline> speech, List<SpeakerChange> events) {
    return new Replayed(speech, events, 0).revised();
  }
}
