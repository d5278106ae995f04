package io.turnwise.app.models;

import io.turnwise.app.Terminal;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Shows a download: on a terminal as one line that is drawn over, elsewhere as a line for each
 * tenth. Not thread-safe.
 */
final class ProgressBar implements Progress {
  private static final long REDRAW_NANOS = 100_000_000;
  private static final int CELLS = 24;
  private static final int TENTHS = 10;
  private static final long STEP_OF_UNKNOWN = 10_000_000;

  private final PrintWriter out;
  private final boolean live;
  private final Terminal terminal;
  private final LongSupplier nanos;
  private final String name;
  private long drawnAt;
  private boolean drawn;
  private long begunAt;
  private long begunWith = -1;
  private long said = -1;

  /**
   * @param live whether {@code out} is a terminal
   * @param nanos the clock, in nanoseconds
   */
  ProgressBar(String name, PrintWriter out, boolean live, Terminal terminal, LongSupplier nanos) {
    this.name = name;
    this.out = out;
    this.live = live;
    this.terminal = terminal;
    this.nanos = nanos;
  }

  @Override
  public void received(long bytes, long total) {
    long now = nanos.getAsLong();
    if (begunWith < 0) {
      begunWith = bytes;
      begunAt = now;
    }
    if (live) {
      if (!drawn || now - drawnAt >= REDRAW_NANOS || bytes == total) {
        draw(bytes, total, now);
      }
      return;
    }
    long step = total > 0 ? bytes * TENTHS / total : bytes / STEP_OF_UNKNOWN;
    if (step > said) {
      said = step;
      out.println(name + ": " + amount(bytes, total));
      out.flush();
    }
  }

  private void draw(long bytes, long total, long now) {
    StringBuilder line = new StringBuilder(name).append("  ");
    if (total > 0) {
      int full = (int) (bytes * CELLS / total);
      line.append((terminal.unicode() ? "█" : "#").repeat(full))
          .append((terminal.unicode() ? "░" : ".").repeat(CELLS - full))
          .append("  ");
    }
    line.append(amount(bytes, total));
    if (now > begunAt) {
      line.append(
          String.format(Locale.ROOT, "  %.1f MB/s", (bytes - begunWith) * 1e3 / (now - begunAt)));
    }
    // One column stays free: some terminals go to the next line when the last is written.
    String shown = line.substring(0, Math.min(line.length(), terminal.columns() - 1));
    out.print("\r" + shown + " ".repeat(terminal.columns() - 1 - shown.length()));
    out.flush();
    drawn = true;
    drawnAt = now;
  }

  private static String amount(long bytes, long total) {
    return total > 0
        ? String.format(
            Locale.ROOT, "%3d %%  %s of %s", bytes * 100 / total, Size.of(bytes), Size.of(total))
        : Size.of(bytes);
  }

  @Override
  public void note(String sentence) {
    ended();
    out.println(sentence);
    out.flush();
  }

  @Override
  public void ended() {
    if (drawn) {
      out.println();
      out.flush();
      drawn = false;
    }
    begunWith = -1;
  }
}
