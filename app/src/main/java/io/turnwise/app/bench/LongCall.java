package io.turnwise.app.bench;

import io.turnwise.app.track.TrackingStage;
import io.turnwise.avro.SpeakerChange;
import io.turnwise.avro.SpeakerEmbedding;
import io.turnwise.topology.track.SpeakerTracker;
import io.turnwise.topology.track.TrackerSettings;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What one call cost the tracking stage, and what its last ten minutes did: where the two agree for
 * calls of all lengths, nothing grows with the call.
 *
 * @param seconds length of the call
 * @param segments number of segments heard
 * @param stateBytes most bytes of keys and values stored at any time
 * @param stateBytesAtEnd bytes stored before the call's end
 * @param events number of events
 * @param eventsAtEnd those of the last ten minutes
 * @param minutesAtEnd how long these were: ten, or all of a shorter call
 * @param cpuMicros median processor time of a segment, in microseconds: store, tracker, store
 * @param cpuMicrosAtEnd the same of the last ten minutes
 * @param cpuMicros99 time that one segment of a hundred takes more than
 * @param speakers number of names published
 */
record LongCall(
    int seconds,
    int segments,
    long stateBytes,
    long stateBytesAtEnd,
    long events,
    long eventsAtEnd,
    double minutesAtEnd,
    double cpuMicros,
    double cpuMicrosAtEnd,
    double cpuMicros99,
    int speakers) {
  private static final int END_SECONDS = 600;

  /**
   * Makes a call up and tracks it.
   *
   * @param seconds its length, more than a segment
   * @param dimension of the embeddings
   * @param speakers how many people speak
   */
  static LongCall of(int seconds, int dimension, int speakers, long seed) {
    SyntheticTalk talk = new SyntheticTalk(dimension, speakers, seed);
    TrackingStage stage =
        new TrackingStage(new SpeakerTracker(TrackerSettings.of(SyntheticTalk.THRESHOLD)));
    ThreadMXBean clock = ManagementFactory.getThreadMXBean();
    long[] nanos = new long[seconds * 1000 / SyntheticTalk.HOP_MILLIS + 1];
    Set<String> names = new HashSet<>();
    int segments = 0;
    int before = 0;
    long most = 0;
    long bytes = 0;
    long events = 0;
    long eventsAtEnd = 0;
    for (SpeakerEmbedding segment = talk.next();
        segment.getEndMillis() <= seconds * 1000L;
        segment = talk.next()) {
      long start = clock.getCurrentThreadCpuTime();
      List<SpeakerChange> changes = stage.hear(segment);
      nanos[segments++] = clock.getCurrentThreadCpuTime() - start;
      bytes = stage.storedBytes();
      most = Math.max(most, bytes);
      events += changes.size();
      if (segment.getEndMillis() > (seconds - END_SECONDS) * 1000L) {
        eventsAtEnd += changes.size();
      } else {
        before = segments;
      }
      for (SpeakerChange change : changes) {
        if (change.getSpeaker() != null) {
          names.add(change.getSpeaker());
        }
      }
    }
    return new LongCall(
        seconds,
        segments,
        most,
        bytes,
        events,
        eventsAtEnd,
        Math.min(seconds, END_SECONDS) / 60.0,
        quantile(Arrays.copyOf(nanos, segments), 0.5),
        quantile(Arrays.copyOfRange(nanos, before, segments), 0.5),
        quantile(Arrays.copyOf(nanos, segments), 0.99),
        names.size());
  }

  double eventsPerMinute() {
    return events / (seconds / 60.0);
  }

  double eventsPerMinuteAtEnd() {
    return eventsAtEnd / minutesAtEnd;
  }

  private static double quantile(long[] nanos, double part) {
    if (nanos.length == 0) {
      return 0;
    }
    Arrays.sort(nanos);
    return nanos[(int) (part * (nanos.length - 1))] / 1e3;
  }
}
