package io.turnwise.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Recordings and reference vectors that lie beside the project and are not part of it. */
public final class Shared {
  private Shared() {}

  /** The project's root folder. */
  public static Path projectRoot() {
    return Path.of(System.getProperty("turnwise.root", "..")).toAbsolutePath().normalize();
  }

  /** A file or folder below {@code ../shared}; the test is skipped, visibly, where it is absent. */
  public static Path require(String relative) {
    Path path = projectRoot().resolveSibling("shared").resolve(relative);
    assumeTrue(Files.exists(path), () -> "skipped: " + path + " is not on this machine");
    return path;
  }
}
