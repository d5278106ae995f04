package io.turnwise.app.models;

import java.util.Locale;

/** A number of bytes as people read it. */
final class Size {
  private static final double MEGABYTE = 1e6;
  private static final double KILOBYTE = 1e3;

  private Size() {}

  static String of(long bytes) {
    if (bytes < KILOBYTE) {
      return bytes + " bytes";
    }
    return bytes < MEGABYTE
        ? String.format(Locale.ROOT, "%.1f kB", bytes / KILOBYTE)
        : String.format(Locale.ROOT, "%.1f MB", bytes / MEGABYTE);
  }
}
