package io.turnwise.app.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** How much of the machine's memory this process holds, native memory included. */
public final class ResidentMemory {
  private static final Path STATUS = Path.of("/proc/self/status");

  private ResidentMemory() {}

  /** Bytes; empty where the system is no Linux. */
  public static OptionalLong bytes() {
    try {
      return Files.isReadable(STATUS) ? in(Files.readString(STATUS)) : OptionalLong.empty();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  /** Of the kernel's description of a process. */
  static OptionalLong in(String status) {
    return status
        .lines()
        .filter(line -> line.matches("VmRSS:\\s+\\d+ kB"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .findFirst();
  }
}
