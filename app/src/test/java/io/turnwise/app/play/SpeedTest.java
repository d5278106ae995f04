package io.turnwise.app.play;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class SpeedTest {
  private final Speed.Converter converter = new Speed.Converter();

  @Test
  void shouldWaitNotAtAllAtMaximum() {
    Speed speed = converter.convert("max");

    assertTrue(speed.unlimited());
    assertEquals(0, speed.nanosUntil(3600));
  }

  @Test
  void shouldDivideTheAudiosTimeByTheFactor() {
    assertEquals(4_000_000_000L, converter.convert("2.5").nanosUntil(10));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "NaN", "Infinity", "fast", "", "1e9"})
  void shouldRefuseWhatIsNoSpeed(String text) {
    TypeConversionException refusal =
        assertThrows(TypeConversionException.class, () -> converter.convert(text));

    assertTrue(refusal.getMessage().startsWith("'" + text + "' is not a speed"));
  }
}
