package io.turnwise.app.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The folder a command works in. One that was named is kept; another is gone when closed, unless
 * there is something to look at in it.
 */
final class Workplace implements AutoCloseable {
  private final Path folder;
  private boolean kept;

  private Workplace(Path folder, boolean kept) {
    this.folder = folder;
    this.kept = kept;
  }

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

  Path folder() {
    return folder;
  }

  /** It is to be looked at afterwards. */
  void keep() {
    kept = true;
  }

  /** Deletes what is not to be kept; the brokers' data never are. */
  @Override
  public void close() {
    delete(kept ? folder.resolve("data") : folder);
  }

  private static void delete(Path top) {
    try (Stream<Path> files = Files.exists(top) ? Files.walk(top) : Stream.empty()) {
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
