package io.turnwise.app.security;

import io.turnwise.app.Turnwise;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The command as a process of its own, with all that it writes kept in a file. */
final class TurnwiseProcess implements AutoCloseable {
  private final Process process;
  private final Path output;

  private TurnwiseProcess(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /**
   * Starts it.
   *
   * @param folder for what the start needs and for the output
   * @param before the command line that the JVM's is put behind; empty for none
   * @param jvm options of the JVM
   */
  static TurnwiseProcess start(
      Path folder,
      List<String> before,
      List<String> jvm,
      Map<String, String> environment,
      String... arguments)
      throws IOException {
    List<Path> classPath =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(Path::of)
            .toList();
    Path home = Path.of(System.getProperty("turnwise.root", ".."));
    return start(folder, classPath, home, before, jvm, environment, arguments);
  }

  /** The same from another installation. */
  static TurnwiseProcess start(
      Path folder,
      List<Path> classPath,
      Path home,
      List<String> before,
      List<String> jvm,
      Map<String, String> environment,
      String... arguments)
      throws IOException {
    Path output = folder.resolve("output.txt");
    List<String> command = new ArrayList<>(before);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvm);
    command.add("-Dturnwise.home=" + home.toAbsolutePath());
    command.addAll(List.of("-jar", jar(folder, classPath).toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    return new TurnwiseProcess(builder.start(), output);
  }

  /** What the kernel shows to everybody as its command line. */
  String commandLine() throws IOException {
    return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"), StandardCharsets.UTF_8);
  }

  Process process() {
    return process;
  }

  /** Waits for its end. */
  int exitCode() throws InterruptedException, IOException {
    if (!process.waitFor(180, TimeUnit.SECONDS)) {
      throw new AssertionError("it did not end:\n" + output());
    }
    return process.exitValue();
  }

  /** What it has written so far. */
  String output() throws IOException {
    return Files.readString(output, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /** A jar with nothing but this JVM's class path: as an argument that would be too long. */
  private static Path jar(Path folder, List<Path> entries) throws IOException {
    String classPath =
        entries.stream()
            .map(entry -> entry.toAbsolutePath().toUri().toString())
            .collect(Collectors.joining(" "));
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, classPath);
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, Turnwise.class.getName());
    Path jar = folder.resolve("turnwise-of-the-test.jar");
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream empty = new JarOutputStream(out, manifest)) {
      empty.finish();
    }
    return jar;
  }
}
