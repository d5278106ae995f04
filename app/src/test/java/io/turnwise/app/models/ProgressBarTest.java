package io.turnwise.app.models;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.turnwise.app.Terminal;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
  private static final long MEGABYTE = 1_000_000;

  private final StringWriter written = new StringWriter();
  private long nanos = 5_000_000_000L;

  @Test
  void shouldDrawOneLineOverAndOverOnATerminal() {
    // Given
    Progress bar = bar(true, new Terminal(true, true, 80));

    // When: the second comes too soon to be drawn
    bar.received(MEGABYTE, 8 * MEGABYTE);
    nanos += 50_000_000;
    bar.received(2 * MEGABYTE, 8 * MEGABYTE);
    nanos += 950_000_000;
    bar.received(4 * MEGABYTE, 8 * MEGABYTE);
    bar.ended();

    // Then
    assertEquals(
        """
        \rm  ███░░░░░░░░░░░░░░░░░░░░░   12 %%  1.0 MB of 8.0 MB%s\
        \rm  ████████████░░░░░░░░░░░░   50 %%  4.0 MB of 8.0 MB  3.0 MB/s%s
        """
            .formatted(" ".repeat(27), " ".repeat(17)),
        written.toString());
  }

  @Test
  void shouldDrawTheEndHoweverSoonItComes() {
    // Given
    Progress bar = bar(true, new Terminal(false, false, 60));

    // When
    bar.received(MEGABYTE, 2 * MEGABYTE);
    bar.received(2 * MEGABYTE, 2 * MEGABYTE);

    // Then
    assertEquals(
        "\rm  ############............   50 %  1.0 MB of 2.0 MB       "
            + "\rm  ########################  100 %  2.0 MB of 2.0 MB       ",
        written.toString());
  }

  @Test
  void shouldWriteALineForEachTenthElsewhere() {
    // Given
    Progress bar = bar(false, new Terminal(false, false, 80));

    // When
    for (int i = 1; i <= 100; i++) {
      bar.received(i * MEGABYTE / 4, 25 * MEGABYTE);
    }
    bar.ended();

    // Then
    assertEquals(11, written.toString().lines().count(), written.toString());
    assertEquals("m:  50 %  12.5 MB of 25.0 MB", written.toString().lines().toList().get(5));
  }

  @Test
  void shouldShowNoShareWhereTheSizeIsNotKnown() {
    // Given
    Progress bar = bar(false, new Terminal(false, false, 80));

    // When
    for (int i = 1; i <= 30; i++) {
      bar.received(i * MEGABYTE, 0);
    }

    // Then
    assertEquals(
        "m: 1.0 MB\nm: 10.0 MB\nm: 20.0 MB\nm: 30.0 MB\n",
        written.toString().replace(System.lineSeparator(), "\n"));
  }

  @Test
  void shouldLeaveTheBarBeforeASentence() {
    // Given
    Progress bar = bar(true, new Terminal(false, false, 40));
    bar.received(1, 2);

    // When
    bar.note("Trying again.");

    // Then: the line is cut to the terminal's width
    assertEquals(
        "\rm  ############............   50 %  1 b\nTrying again.\n",
        written.toString().replace(System.lineSeparator(), "\n"));
  }

  private ProgressBar bar(boolean live, Terminal terminal) {
    return new ProgressBar("m", new PrintWriter(written), live, terminal, () -> nanos);
  }
}
