package io.turnwise.app.pyannote;

import io.turnwise.avro.Role;
import io.turnwise.avro.SpeakerEmbedding;
import io.turnwise.avro.SpeechSpan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;

/**
 * A recording's local speakers as the segments a tracker hears: of each window its middle second
 * (of the first all before it as well, of the last all after it), so that each moment is heard
 * once, and in it each stretch in which one local speaker alone is active. A segment's embedding is
 * that of its local speaker and rests on up to 10 s around it; its audio is captured to the end
 * when the window is.
 *
 * <p>Immutable.
 *
 * @param embeddings the segments in the order of their time
 * @param speech where somebody speaks, alone or not, in frames of {@value #FRAME_MILLIS} ms
 */
record WindowCentres(List<SpeakerEmbedding> embeddings, BitSet speech) {
  static final int FRAME_MILLIS = 10;

  /** Local speakers heard alone for less than this are not used: the least of a segment's too. */
  static final double LEAST_SECONDS = 0.5;

  /** Stretches shorter than this are not heard: they are where segmentation wavers. */
  private static final long LEAST_MILLIS = 200;

  private static final String NO_FILE = "0".repeat(64);

  /**
   * @param call the call id of the segments
   */
  static WindowCentres of(LocalSpeakers recording, String call) {
    List<SpeakerEmbedding> embeddings = new ArrayList<>();
    BitSet speech = new BitSet();
    int windows = recording.windows();
    LocalSpeakers.LocalSpeaker[][] byWindow = byWindow(recording);
    for (int window = 0; window < windows; window++) {
      int from = window == 0 ? 0 : middle(recording.frames(), 0);
      int to = window == windows - 1 ? recording.frames() : middle(recording.frames(), 1);
      List<SpeechSpan> spans = new ArrayList<>();
      LocalSpeakers.LocalSpeaker last = null;
      for (int frame = from; frame < to; frame++) {
        long start = recording.millis(window, frame);
        long end = recording.millis(window, frame + 1);
        if (recording.active(window, frame) > 0) {
          speech.set((int) (start / FRAME_MILLIS), (int) ((end + 5) / FRAME_MILLIS));
        }
        LocalSpeakers.LocalSpeaker speaker = alone(byWindow[window], frame);
        if (speaker == null) {
          continue;
        }
        if (speaker != last) {
          add(embeddings, call, window, last, spans);
          spans = new ArrayList<>();
          last = speaker;
        }
        int before = spans.size() - 1;
        if (before >= 0 && spans.get(before).getEndMillis() == start) {
          spans.set(before, new SpeechSpan(spans.get(before).getStartMillis(), end));
        } else {
          spans.add(new SpeechSpan(start, end));
        }
      }
      add(embeddings, call, window, last, spans);
    }
    return new WindowCentres(Collections.unmodifiableList(embeddings), speech);
  }

  private static LocalSpeakers.LocalSpeaker[][] byWindow(LocalSpeakers recording) {
    List<List<LocalSpeakers.LocalSpeaker>> speakers = new ArrayList<>();
    for (int window = 0; window < recording.windows(); window++) {
      speakers.add(new ArrayList<>());
    }
    recording.speakers().forEach(speaker -> speakers.get(speaker.window()).add(speaker));
    return speakers.stream()
        .map(of -> of.toArray(LocalSpeakers.LocalSpeaker[]::new))
        .toArray(LocalSpeakers.LocalSpeaker[][]::new);
  }

  /** First frame at or after 4.5 s of a window, and those seconds later. */
  private static int middle(int frames, int secondsLater) {
    double seconds = (LocalSpeakers.WINDOW_SECONDS - LocalSpeakers.HOP_SECONDS) / 2;
    return (int)
        Math.ceil(
            (seconds + secondsLater * LocalSpeakers.HOP_SECONDS)
                / LocalSpeakers.WINDOW_SECONDS
                * frames);
  }

  private static LocalSpeakers.LocalSpeaker alone(
      LocalSpeakers.LocalSpeaker[] speakers, int frame) {
    for (LocalSpeakers.LocalSpeaker speaker : speakers) {
      if (speaker.alone()[frame]) {
        return speaker;
      }
    }
    return null;
  }

  private static void add(
      List<SpeakerEmbedding> embeddings,
      String call,
      int window,
      LocalSpeakers.LocalSpeaker speaker,
      List<SpeechSpan> spans) {
    long millis = 0;
    for (SpeechSpan span : spans) {
      millis += span.getEndMillis() - span.getStartMillis();
    }
    if (millis < LEAST_MILLIS || speaker.seconds() < LEAST_SECONDS) {
      return;
    }
    List<Float> vector = new ArrayList<>(speaker.vector().length);
    for (float value : speaker.vector()) {
      vector.add(value);
    }
    long windowEnd =
        Math.round(1000 * (window * LocalSpeakers.HOP_SECONDS + LocalSpeakers.WINDOW_SECONDS));
    embeddings.add(
        SpeakerEmbedding.newBuilder()
            .setCall(call)
            .setChannel(0)
            .setRole(Role.UNKNOWN)
            .setSegment(embeddings.size())
            .setStartMillis(spans.get(0).getStartMillis())
            .setEndMillis(spans.get(spans.size() - 1).getEndMillis())
            .setCapturedAt(Instant.EPOCH.plusMillis(windowEnd))
            .setSpeechMillis((int) millis)
            .setSpeech(spans)
            .setVector(vector)
            .setModel("resnet34-lm")
            .setModelFingerprint(NO_FILE)
            .build());
  }
}
