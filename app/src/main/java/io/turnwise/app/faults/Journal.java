package io.turnwise.app.faults;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What was done when in one campaign: lines of a file, with the seconds since the play began. */
final class Journal implements AutoCloseable {
  private final PrintWriter out;
  private volatile long startNanos = System.nanoTime();

  private Journal(PrintWriter out) {
    this.out = out;
  }

  static Journal open(Path file) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      return new Journal(new PrintWriter(Files.newBufferedWriter(file), true));
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written: " + e.getMessage(), e);
    }
  }

  /** Counts the seconds from here on. */
  void startAt(long nanos) {
    startNanos = nanos;
  }

  synchronized void note(String format, Object... values) {
    out.println(
        String.format(Locale.ROOT, "%8.3f  ", (System.nanoTime() - startNanos) / 1e9)
            + String.format(Locale.ROOT, format, values));
  }

  @Override
  public void close() {
    out.close();
  }
}
