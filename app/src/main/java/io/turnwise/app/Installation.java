package io.turnwise.app;

import io.turnwise.inference.model.ModelCatalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Where the installation's {@code models/} and {@code samples/} are. */
public final class Installation {
  private Installation() {}

  /** The folder that the system property {@code turnwise.home} names, else the current one. */
  public static Path home() {
    return Path.of(System.getProperty("turnwise.home", ""));
  }

  /** The models of this run. */
  public static ModelCatalog models() {
    return ModelCatalog.of(home());
  }

  /**
   * The call that is played where no file is named: the first WAV file, by name, in {@code
   * samples/}.
   *
   * @throws CommandFailed if there is none
   */
  public static Path sampleCall() {
    Path folder = home().resolve("samples");
    try (Stream<Path> files = Files.isDirectory(folder) ? Files.list(folder) : Stream.empty()) {
      return files
          .filter(file -> file.getFileName().toString().endsWith(".wav"))
          .sorted()
          .findFirst()
          .orElseThrow(
              () ->
                  new CommandFailed(
                      "There is no sample call in "
                          + folder.toAbsolutePath().normalize()
                          + "; name a WAV file."));
    } catch (IOException e) {
      throw new CommandFailed("Cannot list " + folder + ": " + e + "; name a WAV file.", e);
    }
  }
}
