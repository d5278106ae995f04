package io.turnwise.app.faults;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A file system of half a megabyte in memory, which is soon full. Closing takes it away. */
final class SmallDisk implements AutoCloseable {
  private static final String FILL = "fill";

  private final Path folder;

  private SmallDisk(Path folder) {
    this.folder = folder;
  }

  /** Why there can be none here; empty where there can. */
  static Optional<String> whyNot(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      return Optional.of(folder + " cannot be made");
    }
    Shell mounted = mount(folder);
    if (!mounted.worked()) {
      return Optional.of("no tmpfs can be mounted (" + mounted.output() + ")");
    }
    Shell.run("umount", folder.toString());
    return Optional.empty();
  }

  static SmallDisk mounted(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be made", e);
    }
    Shell mounted = mount(folder);
    if (!mounted.worked()) {
      throw new IllegalStateException("mount " + folder + ": " + mounted.output());
    }
    return new SmallDisk(folder);
  }

  private static Shell mount(Path folder) {
    return Shell.run("mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", folder.toString());
  }

  Path folder() {
    return folder;
  }

  /** Fills it to the last byte. */
  void fill() {
    byte[] block = new byte[1024];
    try (OutputStream out = Files.newOutputStream(folder.resolve(FILL))) {
      while (true) {
        out.write(block);
      }
    } catch (IOException full) {
      // That is the end of the loop: no space left.
      return;
    }
  }

  /** Makes room again. */
  void free() {
    try {
      Files.deleteIfExists(folder.resolve(FILL));
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be freed", e);
    }
  }

  @Override
  public void close() {
    Shell.run("umount", "-l", folder.toString());
  }
}
