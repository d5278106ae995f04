package io.turnwise.app.faults;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * What a short command of the operating system answered.
 *
 * @param output standard output and error
 */
record Shell(int code, String output) {
  private static final int NOT_FOUND = 127;
  private static final long PATIENCE_SECONDS = 20;

  /** Runs a command. One that is not there answers 127. */
  static Shell run(String... command) {
    return run(Map.of(), command);
  }

  static Shell run(Map<String, String> environment, String... command) {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      // Read on a thread of its own: a command that hangs does not end its output either.
      CompletableFuture<String> output =
          CompletableFuture.supplyAsync(() -> all(process.getInputStream()));
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return new Shell(1, "did not end within " + PATIENCE_SECONDS + " s");
      }
      return new Shell(process.exitValue(), output.join().strip());
    } catch (IOException e) {
      return new Shell(NOT_FOUND, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static String all(InputStream stream) {
    try {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return e.getMessage();
    }
  }

  /**
   * @throws IllegalStateException if the command fails
   */
  static void require(String... command) {
    Shell answer = run(command);
    if (!answer.worked()) {
      throw new IllegalStateException(String.join(" ", List.of(command)) + ": " + answer.output());
    }
  }

  boolean worked() {
    return code == 0;
  }
}
