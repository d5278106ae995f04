package io.turnwise.topology.track;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.inference.calibration.Calibration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LikenessTest {
  @Test
  void shouldTellTheCosineOfTwoCentroidsOfAnyLength() {
    // Given
    Likeness likeness = new Likeness(Calibration.none());

    // When
    double cosine = likeness.cosine(new float[] {3, 0}, new float[] {0.3f, 0.4f});

    // Then
    assertEquals(0.6, cosine, 1e-6);
  }

  @Test
  void shouldCompareWhatIsLeftWithoutTheCalibrationsMean() {
    // Given two directions that share the mean
    Likeness likeness = new Likeness(Calibration.of(new float[] {0.6f, 0}, List.of()));

    // When
    double cosine = likeness.cosine(new float[] {0.6f, 0.8f}, new float[] {0.6f, -0.8f});

    // Then
    assertEquals(-1, cosine, 1e-6);
  }

  @Test
  void shouldTellNoRatioWithoutACalibration() {
    // Given
    Likeness likeness = new Likeness(Calibration.none());

    // Then
    assertFalse(likeness.isCalibrated());
    assertTrue(Double.isNaN(likeness.ratio(0.9, 3, 3, false)));
  }

  @Test
  void shouldTellTheRatioOfTheChannel() {
    // Given
    Likeness likeness = new Likeness(RecognitionTest.calibration(-5));

    // Then
    assertTrue(likeness.isCalibrated());
    assertEquals(11, likeness.ratio(0.8, 3, 3, false), 1e-9);
    assertEquals(3, likeness.ratio(0.8, 3, 3, true), 1e-9);
  }

  @Test
  void shouldNotUseACalibrationForEmbeddingsOfAnotherLength() {
    // Given
    Calibration calibration =
        Calibration.of(new float[] {0.6f, 0}, RecognitionTest.calibration(-5).points());

    // When
    Likeness likeness = new Likeness(calibration).of(3);

    // Then
    assertFalse(likeness.isCalibrated());
    assertEquals(1, likeness.cosine(new float[] {1, 2, 3}, new float[] {1, 2, 3}), 1e-6);
    assertTrue(new Likeness(calibration).of(2).isCalibrated());
  }
}
