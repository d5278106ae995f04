package io.turnwise.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Apicurio's registry as a process of its own, with an in-memory store, on a free port of the
 * loopback address. The build of the serdes module unpacks it.
 */
public final class ApicurioProcess implements RegistryServer {
  private static final Pattern LISTENING =
      Pattern.compile("Listening on: (http://127\\.0\\.0\\.1:\\d+)");
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final Process process;
  private final Thread endWithTheJvm;
  private final String url;

  private ApicurioProcess(Process process, Thread endWithTheJvm, String url) {
    this.process = process;
    this.endWithTheJvm = endWithTheJvm;
    this.url = url;
  }

  /** Starts the process and waits until it answers. */
  public static ApicurioProcess start() {
    Path folder = unpacked();
    Path log = folder.resolveSibling("apicurio-" + ProcessHandle.current().pid() + ".log");
    Process process;
    try {
      process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx256m",
                  "-XX:TieredStopAtLevel=1",
                  "-Dquarkus.http.host=127.0.0.1",
                  "-Dquarkus.http.port=0",
                  "-jar",
                  runner(folder).toString())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException("Apicurio did not start", e);
    }
    Thread end = new Thread(process::destroyForcibly, "end-apicurio");
    Runtime.getRuntime().addShutdownHook(end);
    try {
      String url = awaitAddress(process, log) + "/apis/ccompat/v7";
      RegistryServer.setCompatibility(url, "BACKWARD");
      return new ApicurioProcess(process, end, url);
    } catch (RuntimeException failure) {
      process.destroyForcibly();
      Runtime.getRuntime().removeShutdownHook(end);
      throw failure;
    }
  }

  private static Path unpacked() {
    String root = System.getProperty("turnwise.root", "..");
    Path folder = Path.of(root).toAbsolutePath().normalize().resolve("serdes/target/apicurio");
    if (!Files.isDirectory(folder)) {
      throw new IllegalStateException(
          folder
              + " is missing: `mvn generate-test-resources -pl serdes -am` in the project's root"
              + " unpacks the registry server there");
    }
    return folder;
  }

  private static Path runner(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      Optional<Path> jar =
          files.filter(file -> file.toString().endsWith("-runner.jar")).findFirst();
      return jar.orElseThrow(() -> new IllegalStateException("no *-runner.jar in " + folder));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String awaitAddress(Process process, Path log) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    try {
      while (true) {
        List<String> lines = Files.readAllLines(log);
        Optional<String> address =
            lines.stream()
                .map(LISTENING::matcher)
                .filter(Matcher::find)
                .map(matcher -> matcher.group(1))
                .findFirst();
        if (address.isPresent()) {
          return address.get();
        }
        boolean late = System.nanoTime() > deadline;
        if (late || process.waitFor(50, TimeUnit.MILLISECONDS)) {
          throw new IllegalStateException(
              "Apicurio "
                  + (late ? "did not come up within " + PATIENCE : "ended")
                  + ":\n"
                  + String.join("\n", lines));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public String registryUrl() {
    return url;
  }

  @Override
  public String describe() {
    return "Apicurio as a process (no Docker engine answers)";
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
    Runtime.getRuntime().removeShutdownHook(endWithTheJvm);
  }
}
