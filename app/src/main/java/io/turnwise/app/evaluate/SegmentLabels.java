package io.turnwise.app.evaluate;

import io.turnwise.avro.ChangeType;
import io.turnwise.avro.DecisionKind;
import io.turnwise.avro.SpeakerChange;
import io.turnwise.avro.SpeakerEmbedding;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Labels of a call's segments as events, so that whoever labels segments is scored as the tracker
 * is: from one segment to the next of its channel the label changes halfway between their middles;
 * the first one's holds from the beginning, the last one's to the end.
 */
final class SegmentLabels {
  private SegmentLabels() {}

  /**
   * @param segments of one call, those of a channel in the order of their time
   * @param labels for each segment the number of its speaker
   */
  static List<SpeakerChange> events(List<SpeakerEmbedding> segments, int[] labels) {
    if (labels.length != segments.size()) {
      throw new IllegalArgumentException(
          "labels: " + labels.length + " for " + segments.size() + " segments");
    }
    Map<Integer, Integer> last = new HashMap<>();
    List<SpeakerChange> events = new ArrayList<>();
    for (int i = 0; i < labels.length; i++) {
      SpeakerEmbedding segment = segments.get(i);
      Integer before = last.put(segment.getChannel(), i);
      if (before == null) {
        events.add(event(events.size() + 1, segment, 0, labels[i]));
      } else if (labels[before] != labels[i]) {
        SpeakerEmbedding other = segments.get(before);
        long at =
            (other.getStartMillis()
                    + other.getEndMillis()
                    + segment.getStartMillis()
                    + segment.getEndMillis())
                / 4;
        events.add(event(events.size() + 1, segment, at, labels[i]));
      }
    }
    return events;
  }

  private static SpeakerChange event(
      long revision, SpeakerEmbedding segment, long atMillis, int label) {
    return SpeakerChange.newBuilder()
        .setEventId(Long.toString(revision))
        .setCall(segment.getCall())
        .setChannel(segment.getChannel())
        .setRole(segment.getRole())
        .setType(ChangeType.CHANGED)
        .setAtMillis(atMillis)
        .setSpeaker("S" + (label + 1))
        .setDecision(DecisionKind.MATCH)
        .setScore(0)
        .setMargin(0)
        .setRevision(revision)
        .setCapturedAt(segment.getCapturedAt())
        .setModelFingerprint(segment.getModelFingerprint())
        .build();
  }
}
