package io.turnwise.topology.track;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class WindowTest {
  private final float[] vector = new SyntheticCall(1, 1, 256, 0.2, 0.7).direction();

  @Test
  void shouldKeepADirectionToLessThanADegree() {
    // When
    float[] unit = window(0, -20, new Span(0, 1500)).unit();

    // Then
    assertTrue(UnitVector.dot(unit, vector) > Math.cos(Math.toRadians(1)));
  }

  @Test
  void shouldCountEachPauseOnceWhereWindowsOverlap() {
    // Given speech with pauses of 300 ms and of 299 ms
    Window first = window(0, -20, new Span(0, 500), new Span(800, 1500));
    Window second = window(750, -20, new Span(800, 1600), new Span(1899, 2250));
    Window third = window(1500, -20, new Span(1500, 1600), new Span(1899, 3000));

    // Then
    assertEquals(1, first.pausesBefore(second));
    assertEquals(0, second.pausesBefore(third));
  }

  @Test
  void shouldCountThePauseBetweenWindowsThatDoNotOverlap() {
    // Given
    Window first = window(0, -20, new Span(0, 1400));
    Window second = window(3000, -20, new Span(3000, 4500));

    // Then
    assertEquals(1, first.pausesBefore(second));
  }

  @Test
  void shouldBeALeakOfWhatIsMuchLouderAtTheSameTimeOnly() {
    // Given
    Window window = window(750, -45, new Span(750, 2250));

    // Then
    assertTrue(window.leaksFrom(window(1500, -25, new Span(1500, 3000))));
    assertTrue(window.leaksFrom(window(0, -25, new Span(0, 1500))));
    assertFalse(window.leaksFrom(window(750, -25.1f, new Span(750, 2250))));
    assertFalse(window.leaksFrom(window(1501, -25, new Span(1600, 3000))));
    assertFalse(window.leaksFrom(window(750, Float.NaN, new Span(750, 2250))));
    assertEquals(0, window.leaking().piece(0).weight());
  }

  @Test
  void shouldBeTheSameWhenItIsReadFromItsBytesAlsoWhereItLastsAMinute() {
    // Given
    Window window = window(1_000, -20, new Span(1_100, 40_000), new Span(50_000, 61_010));

    // When
    Window read = Window.fromBytes(window.toBytes());

    // Then
    assertEquals(window.speech(), read.speech());
  }

  @Test
  void shouldBeTheSameWhenItIsReadFromItsBytes() {
    // Given
    Window window =
        new Window(
            5_000_000_000L,
            List.of(
                new Span(5_000_000_000L, 5_000_000_100L), new Span(5_000_000_900L, 5_000_001_500L)),
            0.25f,
            -33.5f,
            true,
            true,
            Window.packed(vector));

    // When
    Window read = Window.fromBytes(window.toBytes());

    // Then
    assertArrayEquals(window.toBytes(), read.toBytes());
    assertEquals(window.startMillis(), read.startMillis());
    assertEquals(window.speech(), read.speech());
    assertEquals(window.weight(), read.weight());
    assertEquals(window.levelDb(), read.levelDb());
    assertTrue(read.telephone());
    assertTrue(read.leak());
  }

  private Window window(long start, float levelDb, Span... speech) {
    return new Window(start, List.of(speech), 1, levelDb, false, false, Window.packed(vector));
  }
}
