package io.turnwise.app.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DiarizationErrorTest {
  /** The example of spyder's README (github.com/desh2608/spyder, package spy-der). */
  private static final List<Turn> REFERENCE = turns("0.0 2.0 A;1.5 2.0 B;4.0 1.1 A");

  private static final List<Turn> HYPOTHESIS = turns("0.0 0.8 1;0.6 1.7 2;2.1 1.8 3;3.8 1.4 1");

  @Test
  void shouldAgreeWithSpyderWithoutCollar() {
    // When
    DiarizationError error = DiarizationError.of(REFERENCE, HYPOTHESIS, 0);

    // Then
    assertEquals(510, error.total());
    assertEquals(0.5686, error.rate(), 5e-5);
    assertEquals(0.0980, error.fraction(error.miss()), 5e-5);
    assertEquals(0.2157, error.fraction(error.falseAlarm()), 5e-5);
    assertEquals(0.2549, error.fraction(error.confusion()), 5e-5);
  }

  @Test
  void shouldAgreeWithSpyderWithCollar() {
    // When
    DiarizationError error = DiarizationError.of(REFERENCE, HYPOTHESIS, 0.2);

    // Then
    assertEquals(310, error.total());
    assertEquals(0.3548, error.rate(), 5e-5);
    assertEquals(0.0323, error.fraction(error.miss()), 5e-5);
    assertEquals(0.1290, error.fraction(error.falseAlarm()), 5e-5);
    assertEquals(0.1935, error.fraction(error.confusion()), 5e-5);
  }

  @Test
  void shouldAgreeWithIndependentScorerOnRandomTurns() throws IOException {
    // Given
    List<String> cases = new ArrayList<>();
    try (InputStream in = DiarizationErrorTest.class.getResourceAsStream("der-golden.txt")) {
      assertNotNull(in);
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .forEach(cases::add);
    }
    assertTrue(cases.size() >= 12, "there are cases");

    for (String line : cases) {
      String[] fields = line.split(" \\| ");

      // When
      DiarizationError error =
          DiarizationError.of(turns(fields[5]), turns(fields[6]), Double.parseDouble(fields[0]));

      // Then
      assertEquals(
          List.of(fields[1], fields[2], fields[3], fields[4]),
          List.of(
              "" + error.total(),
              "" + error.miss(),
              "" + error.falseAlarm(),
              "" + error.confusion()),
          line);
    }
  }

  @Test
  void shouldCountAllSpeechAsMissedWhenNothingWasFound() {
    // When
    DiarizationError error = DiarizationError.of(REFERENCE, List.of(), 0);

    // Then
    assertEquals(1, error.rate());
    assertEquals(error.total(), error.miss());
    assertEquals(0, error.hypSpeakers());
  }

  @Test
  void shouldCountSpeechThatIsNotThereWhenReferenceIsEmpty() {
    // When
    DiarizationError error = DiarizationError.of(List.of(), HYPOTHESIS, 0);

    // Then
    assertEquals(1, error.rate());
    assertEquals(0, error.miss());
  }

  @Test
  void shouldNeverCallSpeechOfNobodyRight() {
    // Given: all speech was found, and nobody named
    List<Turn> unknown = turns("0.0 2.0 unknown");

    // When
    DiarizationError error = DiarizationError.of(turns("0.0 2.0 A"), unknown, 0);

    // Then
    assertEquals(200, error.confusion());
    assertEquals(0, error.miss());
    assertEquals(0, error.falseAlarm());
    assertEquals(0, error.hypSpeakers());
  }

  @Test
  void shouldMapManySpeakersOneToOne() {
    // Given
    StringBuilder reference = new StringBuilder();
    StringBuilder hypothesis = new StringBuilder();
    for (int s = 0; s < 20; s++) {
      reference.append(s).append(" 1 r").append(s).append(';');
      hypothesis.append(s).append(" 1 h").append((s * 7) % 20).append(';');
    }

    // When
    DiarizationError error =
        DiarizationError.of(turns(reference.toString()), turns(hypothesis.toString()), 0);

    // Then
    assertEquals(0, error.rate());
    assertEquals(20, error.hypSpeakers());
  }

  static List<Turn> turns(String text) {
    List<Turn> turns = new ArrayList<>();
    for (String part : text.split(";")) {
      String[] fields = part.split(" ");
      turns.add(
          new Turn(1, Double.parseDouble(fields[0]), Double.parseDouble(fields[1]), fields[2]));
    }
    return turns;
  }
}
