package io.turnwise.app.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The wall clock of a process, which can be stepped while it runs: libfaketime between the process
 * and the kernel. The monotonic clock goes on as it is, as on a machine whose time is set.
 */
final class Clock {
  private static final List<Path> FOLDERS =
      List.of(
          Path.of("/usr/lib/x86_64-linux-gnu/faketime"),
          Path.of("/usr/lib/aarch64-linux-gnu/faketime"),
          Path.of("/usr/lib64/faketime"),
          Path.of("/usr/lib/faketime"),
          Path.of("/usr/local/lib/faketime"));
  private static final String LIBRARY = "libfaketimeMT.so.1";

  private final Path library;
  private final Path step;

  private Clock(Path library, Path step) {
    this.library = library;
    this.step = step;
  }

  /** Why clocks cannot be stepped here; empty where they can. */
  static Optional<String> whyNot() {
    Optional<Path> library = library();
    if (library.isEmpty()) {
      return Optional.of("no " + LIBRARY + " (Debian: apt-get install libfaketime)");
    }
    Shell answer =
        Shell.run(
            Map.of("LD_PRELOAD", library.get().toString(), "FAKETIME", "+7200"), "date", "+%s");
    boolean steps =
        answer.worked()
            && answer.output().matches("\\d+")
            && Long.parseLong(answer.output()) > Instant.now().getEpochSecond() + 3600;
    return steps ? Optional.empty() : Optional.of(library.get() + " does not step the clock here");
  }

  /**
   * A clock that is right as yet.
   *
   * @param file where its step is kept
   */
  static Clock right(Path file) {
    Clock clock = new Clock(library().orElseThrow(), file);
    clock.step(0);
    return clock;
  }

  /** Environment of the process whose clock it is. */
  Map<String, String> environment() {
    return Map.of(
        "LD_PRELOAD", library.toString(),
        "FAKETIME_TIMESTAMP_FILE", step.toAbsolutePath().toString(),
        "FAKETIME_CACHE_DURATION", "1",
        // With its correction for old C libraries, each timed wait of the JVM returns at once.
        "FAKETIME_FORCE_MONOTONIC_FIX", "0",
        "FAKETIME_DONT_FAKE_MONOTONIC", "1");
  }

  /** Sets it so many seconds away from the right time; seen by the process within a second. */
  void step(long seconds) {
    try {
      Files.writeString(step, (seconds < 0 ? "" : "+") + seconds + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(step + " cannot be written: " + e.getMessage(), e);
    }
  }

  private static Optional<Path> library() {
    return FOLDERS.stream()
        .flatMap(
            folder -> {
              Path file = folder.resolve(LIBRARY);
              return Files.exists(file) ? Stream.of(file) : Stream.empty();
            })
        .findFirst();
  }
}
