package io.turnwise.inference.calibration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.inference.calibration.Calibration.Point;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CalibrationFileTest {
  private static final String DIGEST = "0123456789abcdef".repeat(4);
  private static final CalibrationFile FILE =
      new CalibrationFile(
          "a \"model\"",
          DIGEST,
          12,
          Calibration.of(
              new float[] {0.1f, -0.25f, 1e-7f},
              List.of(
                  new Point(Channel.WIDE_BAND, 1.41, 10.5, -4),
                  new Point(Channel.TELEPHONE, 1.41, 8, -3),
                  new Point(Channel.ONE_SIDE, 1.41, 6, 1e-3))));

  @Test
  void shouldReadWhatItWrote() {
    assertEquals(FILE, read(FILE.json()));
  }

  @Test
  void shouldReadAndWriteAFileThatSaysNothing() {
    // Given
    CalibrationFile empty = new CalibrationFile("m", DIGEST, 2, Calibration.none());

    // Then
    assertEquals(empty, read(empty.json()));
  }

  @Test
  void shouldBelongToOneModelOnly() {
    assertSame(FILE.calibration(), FILE.of(DIGEST, 3));
    assertRefusal("this one is " + "f".repeat(64), () -> FILE.of("f".repeat(64), 3));
    assertRefusal("3 values, and the model's embeddings 4", () -> FILE.of(DIGEST, 4));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"format\": 1        | \"format\": 2               | format: 2",
        "\"format\": 1        | \"format\": \"1\"           | coerce",
        "\"speakers\": 12     | \"speakers\": 12, \"a\": 1  | \"a\"",
        "\"speakers\": 12     | \"speakers\": 12, \"speakers\": 12 | Duplicate",
        "\"speakers\": 12     | \"speakers\": 1             | speakers: 1",
        "\"speakers\": 12,    | ''                          | speakers",
        "\"speakers\": 12     | \"speakers\": null          | null",
        "wide-band            | wide                        | channel: wide",
        "0123456789abcdef     | 0123                        | sha256",
        "-0.25                | 1e39                        | mean: value 1",
        "-0.25                | 2                           | shorter than",
        "\"slope\": 10.5      | \"slope\": -1               | slope: -1",
        "\"slope\": 10.5      | \"slope\": 1e999            | slope: Infinity",
        "\"slope\": 10.5,     | ''                          | slope",
        "\"seconds\": 1.41    | \"seconds\": NaN            | NaN",
      })
  void shouldNameWhatIsWrong(String right, String wrong, String named) {
    // Given
    String json = FILE.json();
    assertTrue(json.contains(right), right);

    // Then
    assertRefusal(named, () -> read(json.replaceFirst(quoted(right), wrong)));
  }

  @Test
  void shouldRefuseWhatFollowsTheFile() {
    assertThrows(IllegalArgumentException.class, () -> read(FILE.json() + "{}"));
    assertThrows(IllegalArgumentException.class, () -> read(""));
    assertThrows(IllegalArgumentException.class, () -> read("null"));
    assertThrows(IllegalArgumentException.class, () -> read("[]"));
  }

  private static String quoted(String text) {
    return Pattern.quote(text);
  }

  private static CalibrationFile read(String json) {
    return CalibrationFile.read(json.getBytes(StandardCharsets.UTF_8));
  }

  private static void assertRefusal(String part, Runnable call) {
    String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
    assertTrue(message.contains(part), message);
  }
}
