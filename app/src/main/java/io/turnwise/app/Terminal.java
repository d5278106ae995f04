package io.turnwise.app;

import java.nio.charset.Charset;

/**
 * What the screen behind a stream can show.
 *
 * @param colour whether ANSI colours may be written
 * @param unicode whether characters outside ASCII may be written
 * @param columns width in characters, 40 or more
 */
public record Terminal(boolean colour, boolean unicode, int columns) {
  private static final int LEAST_COLUMNS = 40;
  private static final int MOST_COLUMNS = 160;
  private static final int USUAL_COLUMNS = 80;

  public Terminal {
    if (columns < LEAST_COLUMNS) {
      throw new IllegalArgumentException("columns: " + columns + " is less than " + LEAST_COLUMNS);
    }
  }

  /** Of standard output. */
  public static Terminal out() {
    return of("out");
  }

  /** Of standard error. */
  public static Terminal err() {
    return of("err");
  }

  /** Whether standard error is a terminal, where a line can be drawn over. */
  public static boolean errIsTerminal() {
    return isTerminal("err");
  }

  /** Java 17 cannot ask which of its streams are terminals, so the launcher says it. */
  private static Terminal of(String stream) {
    boolean terminal = isTerminal(stream);
    String noColour = System.getenv("NO_COLOR");
    String charset = System.getProperty("native.encoding", Charset.defaultCharset().name());
    int columns = Integer.getInteger("turnwise.columns", USUAL_COLUMNS);
    return new Terminal(
        terminal && (noColour == null || noColour.isEmpty()),
        charset.equalsIgnoreCase("UTF-8"),
        Math.max(LEAST_COLUMNS, Math.min(MOST_COLUMNS, columns)));
  }

  private static boolean isTerminal(String stream) {
    return System.getProperty("turnwise.terminal", "").contains(stream);
  }
}
