package io.turnwise.app.overload;

import io.turnwise.app.CommandFailed;
import io.turnwise.app.broker.EmbeddedBroker;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A broker in a JVM of its own, so that its memory is not taken for the application's. It ends when
 * it is closed, or when whoever started it has ended.
 */
final class BrokerProcess implements AutoCloseable {
  private final Process process;
  private final String bootstrapServers;

  private BrokerProcess(Process process, String bootstrapServers) {
    this.process = process;
    this.bootstrapServers = bootstrapServers;
  }

  /**
   * Starts it, on the class path of this JVM.
   *
   * @param folder where it keeps everything
   */
  static BrokerProcess start(Path folder) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
                "-cp",
                System.getProperty("java.class.path"),
                BrokerProcess.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    BufferedReader said =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String address = said.readLine();
    if (address == null) {
      process.destroyForcibly();
      throw new CommandFailed("The broker of this measurement did not start in " + folder + ".");
    }
    return new BrokerProcess(process, address);
  }

  /** The process: a folder; prints the address, and ends with its standard input. */
  public static void main(String[] arguments) throws IOException {
    try (PrintStream out =
            new PrintStream(
                new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        EmbeddedBroker broker = EmbeddedBroker.start(Path.of(arguments[0]))) {
      System.setOut(System.err);
      out.println(broker.bootstrapServers());
      while (System.in.read() >= 0) {
        // Nothing is said to it: only the end counts.
      }
    }
    System.exit(0);
  }

  String bootstrapServers() {
    return bootstrapServers;
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
