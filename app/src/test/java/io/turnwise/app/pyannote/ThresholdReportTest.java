package io.turnwise.app.pyannote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.app.evaluate.Turn;
import io.turnwise.inference.calibration.Calibration;
import io.turnwise.inference.calibration.Calibration.Point;
import io.turnwise.inference.calibration.Channel;
import io.turnwise.testing.NpzBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ThresholdReportTest {
  private static final int WINDOWS = 60;
  private static final int FRAMES = 100;

  @TempDir private Path folder;

  @Test
  void shouldTakeTheMeanOfWhatIsMeasuredAtShortAndWhatIsCarriedFromLong() throws IOException {
    // Given: one speaker's cosines with oneself are 1, with the other 0.2, at either length; to the
    // other model half a cosine says at 1.5 s what a whole one says at 7 s
    SortedMap<String, LocalSpeakerTrials> recordings = new TreeMap<>(Map.of("a", recording(0.2)));

    // When
    ThresholdReport report = new ThresholdReport(recordings, calibration());

    // Then: the highest threshold of equal error is the lowest cosine of one speaker, 1
    assertEquals(0.5, report.share(), 1e-9);
    assertEquals(1, report.direct(ThresholdReport.SHORT).orElseThrow(), 1e-6);
    assertEquals(1, report.direct(ThresholdReport.LONG).orElseThrow(), 1e-6);
    assertEquals(0.75, report.threshold().orElseThrow(), 1e-6);
    assertTrue(report.table().contains("threshold for segments of 1.5 s: 0.750"), report.table());
  }

  @Test
  void shouldLeaveARecordingOutOfItsOwnJudgement() throws IOException {
    // Given
    SortedMap<String, LocalSpeakerTrials> recordings = new TreeMap<>();
    recordings.put("a", recording(0.2));

    // When
    ThresholdReport report = new ThresholdReport(recordings, calibration());

    // Then
    assertTrue(report.direct(ThresholdReport.LONG, "a").isEmpty());
    assertTrue(report.direct(ThresholdReport.LONG, "b").isPresent());
  }

  @Test
  void shouldRefuseACalibrationThatCentres() throws IOException {
    // Given
    SortedMap<String, LocalSpeakerTrials> recordings = new TreeMap<>(Map.of("a", recording(0.2)));
    Calibration centring = Calibration.of(new float[] {0.5f, 0}, calibration().points());

    // When
    assertThrows(IllegalArgumentException.class, () -> new ThresholdReport(recordings, centring));
  }

  /** Neutral at 0.25 up to 1.5 s, at 0.5 from 7 s on, in all channels. */
  private static Calibration calibration() {
    List<Point> points = new ArrayList<>();
    for (Channel channel : Channel.values()) {
      points.add(new Point(channel, 1.5, 10, -2.5));
      points.add(new Point(channel, 7, 10, -5));
    }
    return Calibration.of(new float[0], points);
  }

  /**
   * Two speakers, the one after the other; windows have 1.5 s and 7 s of speech by turns.
   *
   * @param cosine of the two speakers' vectors
   */
  private LocalSpeakerTrials recording(double cosine) throws IOException {
    float[] vectors = new float[WINDOWS * 2];
    float[] active = new float[WINDOWS * FRAMES];
    List<Turn> reference = new ArrayList<>();
    for (int window = 0; window < WINDOWS; window++) {
      boolean second = window >= WINDOWS / 2;
      vectors[2 * window] = second ? (float) cosine : 1;
      vectors[2 * window + 1] = second ? (float) Math.sqrt(1 - cosine * cosine) : 0;
      int spoken = window % 2 == 0 ? 15 : 70;
      for (int frame = 0; frame < spoken; frame++) {
        active[window * FRAMES + frame] = 1;
      }
    }
    // The last windows of the one reach into the first of the other: these are nobody's.
    reference.add(new Turn(1, 0, 30, "A"));
    reference.add(new Turn(1, 37, 33, "B"));
    Files.write(
        folder.resolve("raw_embeddings.npz"),
        new NpzBytes().array("embeddings", new int[] {WINDOWS, 1, 2}, vectors).file());
    Files.write(
        folder.resolve("segmentations.npz"),
        new NpzBytes().array("segmentations", new int[] {WINDOWS, FRAMES, 1}, active).file());
    return LocalSpeakerTrials.of(LocalSpeakers.read(folder), reference);
  }
}
