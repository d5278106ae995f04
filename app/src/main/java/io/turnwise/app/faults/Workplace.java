package io.turnwise.app.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The folder a command works in: one that is named is kept, another is gone when closed. */
record Workplace(Path folder, boolean kept) implements AutoCloseable {
  static Workplace open(Optional<Path> named) {
    try {
      if (named.isPresent()) {
        return new Workplace(Files.createDirectories(named.get()).toRealPath(), true);
      }
      return new Workplace(Files.createTempDirectory("turnwise-faults-").toRealPath(), false);
    } catch (IOException e) {
      throw new UncheckedIOException("no folder to work in: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    if (kept) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> all = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : all) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      // A folder for temporary files that could not be emptied is no reason to fail.
      return;
    }
  }
}
