package io.turnwise.app.view;

import java.util.Locale;

/** Media times as people read them. */
final class MediaTime {
  private MediaTime() {}

  /** Minutes, seconds and tenths: {@code 1:02.3}. */
  static String tenths(long millis) {
    long tenths = Math.round(millis / 100.0);
    return String.format(Locale.ROOT, "%d:%02d.%d", tenths / 600, tenths / 10 % 60, tenths % 10);
  }

  /** Minutes and seconds: {@code 1:02}. */
  static String seconds(long millis) {
    long seconds = Math.round(millis / 1000.0);
    return String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60);
  }
}
