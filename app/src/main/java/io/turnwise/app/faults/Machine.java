package io.turnwise.app.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What the campaigns ran on, in words. */
record Machine(String description) {
  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
  private static final Path MEMORY = Path.of("/proc/meminfo");
  private static final long KIB_A_GIB = 1024 * 1024;

  /** This one. */
  static Machine here() {
    return new Machine(
        String.format(
            Locale.ROOT,
            "%d processors (%s), %s of memory, %s %s, Java %s",
            Runtime.getRuntime().availableProcessors(),
            field(PROCESSORS, "model name", System.getProperty("os.arch")),
            memory(),
            System.getProperty("os.name"),
            System.getProperty("os.version"),
            System.getProperty("java.version")));
  }

  private static String memory() {
    String kib = field(MEMORY, "MemTotal", "").replaceAll("\\D", "");
    return kib.isEmpty()
        ? "unknown size"
        : Math.round(Long.parseLong(kib) / (double) KIB_A_GIB) + " GiB";
  }

  /** The first value of a name in a file of {@code name: value} lines. */
  private static String field(Path file, String name, String otherwise) {
    try {
      return Files.exists(file)
          ? Files.readAllLines(file).stream()
              .filter(line -> line.startsWith(name))
              .map(line -> line.substring(line.indexOf(':') + 1).strip())
              .findFirst()
              .orElse(otherwise)
          : otherwise;
    } catch (IOException e) {
      return otherwise;
    }
  }
}
