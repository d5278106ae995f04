package io.turnwise.app.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.app.parity.ParityReport.Difference;
import io.turnwise.app.parity.ParityReport.Row;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ParityReportTest {
  private static final Difference NEAR = new Difference(1e-4, 1e-6);

  @Test
  void shouldHoldOnlyWhereEveryLimitDoes() {
    assertTrue(report(row(NEAR, NEAR, 1)).holds());
    assertTrue(report(row(new Difference(1e-3, 1e-5), NEAR, 0.99999)).holds());
    assertFalse(report(row(new Difference(1.1e-3, 1e-6), NEAR, 1)).holds());
    assertFalse(report(row(NEAR, new Difference(1e-4, 1.1e-5), 1)).holds());
    assertFalse(report(row(NEAR, NEAR, 0.99998)).holds());
    assertFalse(report(row(NEAR, NEAR, Double.NaN)).holds());
    assertFalse(report(row(NEAR, NEAR, 1), row(NEAR, NEAR, 0.5)).holds());
  }

  @Test
  void shouldSayWhichExcerptFails() {
    // Given
    ParityReport report = report(row(NEAR, NEAR, 1), row(NEAR, NEAR, 0.5));

    // Then
    assertEquals(List.of("cosine 0.5"), report.failing());
    assertTrue(report.markdown().contains("Broken: FAIL"));
    assertTrue(report.markdown().contains("| cosine 1.0 | 148 | 1.0e-04 / 1.0e-06 |"));
    assertTrue(report.markdown().contains("| 0.50000000 | FAIL |"), report.markdown());
  }

  @Test
  void shouldMeasureAbsoluteDifferences() {
    assertEquals(
        new Difference(0.5, 0.25), Difference.of(new float[] {1, 2}, new float[] {1, 1.5f}));
  }

  @Test
  void shouldLetNothingPassThatCannotBeCompared() {
    assertFalse(Difference.of(new float[2], new float[3]).holds());
    assertFalse(Difference.of(new float[0], new float[0]).holds());
    assertFalse(Difference.of(new float[2], new float[] {Float.NaN, 0}).holds());
    assertFalse(Difference.of(new float[2], new float[] {0, Float.NaN}).holds());
  }

  private static ParityReport report(Row... rows) {
    return new ParityReport(List.of(rows), "a machine");
  }

  private static Row row(Difference features, Difference centred, double cosine) {
    return new Row(
        "cosine " + cosine, 148, features, centred, new TreeMap<>(Map.of("model", cosine)));
  }
}
